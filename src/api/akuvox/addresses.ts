/** Allow-lists of socket addresses: IPv4 and IPv6, single or CIDR. Total: bad text allows nobody. */
import { BlockList, isIP } from 'node:net';

/** An allow-list ready to be asked. */
export type AllowList = (address: string) => boolean;

/** True for an address or CIDR block such as `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`. */
export function isAddressBlock(text: string): boolean {
  return split(text) !== undefined;
}

/** The allow-list of these blocks; an empty list allows nobody. */
export function allowList(blocks: readonly string[]): AllowList {
  const list = new BlockList();
  for (const block of blocks) {
    const parts = split(block);
    if (parts !== undefined) list.addSubnet(parts.address, parts.prefix, parts.family);
  }
  return (address) => {
    const plain = unmapped(address);
    const family = familyOf(plain);
    return family !== undefined && list.check(plain, family);
  };
}

/** `::ffff:192.0.2.7`, as a dual-stack socket names an IPv4 peer, is 192.0.2.7; zone suffixes are dropped. */
export function unmapped(address: string): string {
  const bare = address.replace(/%.*$/, '');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare);
  return mapped?.[1] ?? bare;
}

interface Block {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

function split(text: string): Block | undefined {
  const match = /^([0-9a-f.:]+)(?:\/([0-9]{1,3}))?$/i.exec(text);
  const address = unmapped(match?.[1] ?? '');
  const family = familyOf(address);
  if (family === undefined) return undefined;
  const bitsMax = family === 'ipv4' ? 32 : 128;
  const prefix = match?.[2] === undefined ? bitsMax : Number(match[2]);
  return prefix <= bitsMax ? { address, prefix, family } : undefined;
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address);
  if (version === 4) return 'ipv4';
  return version === 6 ? 'ipv6' : undefined;
}
