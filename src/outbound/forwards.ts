/** From an order of the control thread to the calls it stands for: whose URLs, which words, how a card is spelled. */
import type { ForwardAnswer, ForwardOrder } from '../core/forwarding.js';
import type { StoredUser } from '../core/management.js';
import type { Forwarder } from './forwarder.js';
import type { Variables } from './template.js';
import { namesSchedule, variablesOf } from './variables.js';

/** A reader that forwards, as the site file says. */
export interface ForwardingReader {
  readonly id: string;
  readonly name: string;
  readonly door: string;
  readonly doorNumber: number | string;
  readonly mode: 'entry' | 'exit';
  readonly codeFormat: '8HN' | '8HR' | '6H3D5D' | '8H10D';
  /** For users without URLs of their own. */
  readonly urls: readonly string[];
  readonly allowBasic: boolean;
  readonly certificateSha256?: string;
  readonly timeoutMs: number;
}

export type ScheduleOf = (passing: {
  readonly user: string;
  readonly door: string;
  readonly wallMs: number;
}) => string | undefined;

export interface ForwardsOptions {
  readonly readers: readonly ForwardingReader[];
  readonly findUser: (id: string) => Pick<StoredUser, 'urls'> | undefined;
  readonly forwarder: Forwarder;
  /** Who we are, as it is now: addresses change. */
  readonly device: () => Variables;
  /** Name of the schedule by which the user may pass. */
  readonly scheduleOf: ScheduleOf;
  readonly wallMs: () => number;
}

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
      variables: variablesOf(toldOf(order, reader, urls, options)),
      allowBasic,
      wholeMs: timeoutMs,
      ...(certificateSha256 === undefined ? {} : { certificateSha256 }),
    });
    return { key, ...result };
  };
}

/** What a swipe tells; the code is whole, spelled as the receiver reads it. */
function toldOf(
  order: ForwardOrder,
  reader: ForwardingReader,
  urls: readonly string[],
  options: ForwardsOptions,
) {
  const { presented, credential, userName, user } = order;
  const wallMs = options.wallMs();
  const schedule = urls.some(namesSchedule)
    ? options.scheduleOf({ user, door: reader.door, wallMs })
    : undefined;
  return {
    ...{
      device: options.device(),
      wallMs,
      doors: presented.doors,
      location: reader.name,
      user,
      userName,
      credential,
    },
    doorNumber: reader.doorNumber,
    direction: reader.mode,
    code: credential === 'card' ? spelled(presented.code, reader.codeFormat) : presented.code,
    ...(schedule === undefined ? {} : { schedule }),
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
