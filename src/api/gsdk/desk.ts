/** What every service of the dialect works with, and how a refusal of ours becomes a status of theirs. */
import type { Collections, Revised } from '../../core/management.js';
import type { Actor } from '../../core/model.js';
import type { Context } from '../context.js';
import type { Problem } from '../problem.js';
import type { Devices } from './devices.js';
import { code, invalid, RpcError } from './wire.js';

export interface Desk {
  readonly context: Context;
  readonly devices: Devices;
}

/** One unary call: the decoded request in, the response out; `RpcError` = refused, nothing was changed. */
export type Unary = (request: never, by: Actor) => Promise<object> | object;
export type Service = Readonly<Record<string, Unary>>;

/** Our words for a field -> the dialect's. */
const words: Readonly<Record<string, string>> = {
  id: 'zoneID',
  resetSeconds: 'resetDuration',
  reader: 'deviceID',
  direction: 'readerType',
  bypassGroups: 'bypassGroupIDs',
  unlockMs: 'autoLockTimeout',
  heldOpenMs: 'heldOpenTimeout',
  extendedHeldOpenMs: 'extendedDoorOpenTime',
  forcedActions: 'forcedOpenActions',
  heldActions: 'heldOpenActions',
};

/** The value, or the refusal in the dialect's words; `about` goes before those of a refusal that names no field. */
export function demand<T extends object>(result: T | Problem, about = ''): T {
  if (!('problem' in result)) return result;
  const { status, errors, reason } = result.problem;
  const detail = about + result.problem.detail;
  const [first] = errors ?? [];
  if (status === 400 && first !== undefined) throw invalid(wordsOf(first.field), first.message);
  if (status === 404) throw new RpcError(code.notFound, detail);
  if (reason === 'lower-priority') throw new RpcError(code.failedPrecondition, detail);
  if (status === 409 && errors === undefined && reason === undefined)
    throw new RpcError(code.resourceExhausted, detail);
  if (status < 500) throw new RpcError(code.failedPrecondition, detail);
  throw new RpcError(code.internal, detail);
}

/** `zones.0.members.1.reader` -> `zones[0].members[1].deviceID` */
export function wordsOf(field: string): string {
  return field
    .split('.')
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : (words[part] ?? part)))
    .join('.')
    .replaceAll('.[', '[');
}

/** All of a collection that is small by its limits. */
export function everything<C extends 'groups' | 'access-rights' | 'schedules'>(
  { reads }: Context,
  collection: C,
): readonly Revised<Collections[C]>[] {
  const found: Revised<Collections[C]>[] = [];
  for (let after: string | undefined; ; ) {
    const page = reads.list(collection, { limit: 1_000, ...(after === undefined ? {} : { after }) });
    found.push(...page.items);
    if (page.next === undefined) return found;
    after = page.next;
  }
}

const NAME_BYTES_MAX = 144;

/** Clients leave names empty: then the number stands for it. */
export function nameText(name: string, otherwise: string, field: string): string {
  const bytes = Buffer.byteLength(name, 'utf8');
  if (bytes > NAME_BYTES_MAX) throw invalid(field, `has ${bytes} bytes of UTF-8: may have ${NAME_BYTES_MAX}`);
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name)) throw invalid(field, 'has control characters');
  return name === '' ? otherwise : name;
}

/** Refuses an empty list: it is never read as "all". */
export function some<T>(list: readonly T[], field: string): readonly T[] {
  if (list.length === 0) throw invalid(field, 'is empty; name at least one');
  return list;
}
