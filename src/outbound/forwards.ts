/** From an order of the control thread to the calls it stands for: whose URLs, which words, how a card is spelled. */
import { hostname, networkInterfaces } from 'node:os';
import type { ForwardAnswer, ForwardOrder } from '../core/forwarding.js';
import type { StoredUser } from '../core/management.js';
import type { Forwarder } from './forwarder.js';
import type { Variables } from './template.js';

/** A reader that forwards, as the site file says. */
export interface ForwardingReader {
  readonly id: string;
  readonly name: string;
  readonly mode: 'entry' | 'exit';
  readonly codeFormat: '8HN' | '8HR' | '6H3D5D' | '8H10D';
  /** For users without URLs of their own. */
  readonly urls: readonly string[];
  readonly allowBasic: boolean;
  readonly certificateSha256?: string;
  readonly timeoutMs: number;
}

export interface ForwardsOptions {
  readonly readers: readonly ForwardingReader[];
  readonly findUser: (id: string) => Pick<StoredUser, 'urls'> | undefined;
  readonly forwarder: Forwarder;
  readonly version: string;
  readonly wallMs: () => number;
}

const unlockTypes = { card: 'Card', pin: 'PIN', code: 'QR Code' } as const;

/** Calls what an order names and answers it. */
export function createForwards(options: ForwardsOptions): (order: ForwardOrder) => Promise<ForwardAnswer> {
  const readers = new Map(options.readers.map((reader) => [reader.id, reader]));
  return async (order) => {
    const reader = readers.get(order.reader);
    const own = options.findUser(order.user)?.urls ?? [];
    const urls = own.length > 0 ? own : (reader?.urls ?? []);
    if (reader === undefined || urls.length === 0) {
      return { key: order.key, outcome: 'no-target', targets: 0, opened: 0 };
    }
    const { certificateSha256, allowBasic, timeoutMs } = reader;
    const { id: key, ...result } = await options.forwarder.forward({
      id: order.key,
      urls,
      variables: variablesOf(order, reader, options),
      allowBasic,
      wholeMs: timeoutMs,
      ...(certificateSha256 === undefined ? {} : { certificateSha256 }),
    });
    return { key, ...result };
  };
}

/** Every documented variable that a swipe has a value for. */
function variablesOf(order: ForwardOrder, reader: ForwardingReader, options: ForwardsOptions): Variables {
  const { presented, credential, userName, user } = order;
  const code = credential === 'card' ? spelled(presented.code, reader.codeFormat) : presented.code;
  const doors = presented.doors.flatMap(({ number, unlocked, open }) => [
    // Akuvox: 0 = relay closed (locked), 1 = open; 1 = input triggered.
    [`relay${number}status`, unlocked ? '1' : '0'],
    [`input${number}status`, open ? '1' : '0'],
  ]);
  return {
    antipassbackmode: reader.mode === 'entry' ? 'Entry' : 'Exit',
    name: userName,
    unlocktype: unlockTypes[credential],
    open_type: unlockTypes[credential],
    code,
    card_sn: credential === 'card' ? code : '',
    qrcode: credential === 'code' ? code : '',
    active_user: userName,
    user_name: userName,
    userid: user,
    location: reader.name,
    time: new Date(options.wallMs()).toISOString(),
    ...deviceVariables(options.version),
    ...Object.fromEntries(doors),
  };
}

/** Who we are: the first address that is not this machine's own. */
export function deviceVariables(version: string): Variables {
  const outside = Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');
  return {
    model: 'Sallyport',
    firmware: version,
    ip: outside?.address ?? '127.0.0.1',
    mac: (outside?.mac ?? '00:00:00:00:00:00').replaceAll(':', '').toUpperCase(),
    host: hostname(),
  };
}

/** A card's payload (hex without leading zeros) as the receiver's display mode prints it. */
export function spelled(payload: string, format: ForwardingReader['codeFormat']): string {
  const hex = payload.padStart(8, '0');
  if (format === '8HN') return hex;
  if (format === '8HR') return (hex.match(/../g) ?? []).reverse().join('');
  const value = BigInt(`0x${hex}`);
  if (format === '8H10D') return value.toString().padStart(10, '0');
  const [facility, number] = [(value >> 16n) & 0xffn, value & 0xffffn];
  return facility.toString().padStart(3, '0') + number.toString().padStart(5, '0');
}
