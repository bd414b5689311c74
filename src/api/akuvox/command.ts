/**
 * One authenticated OpenDoor request -> at most one request to the control thread, and its answer -> the
 * outcome. A translation: which user may pass which door is the core's to say.
 */
import type { StoredSource } from '../../core/management.js';
import type { Direction, DoorId, ReaderId } from '../../core/model.js';
import type { ControlReply, ControlRequest, Lookup } from '../../core/requests.js';
import { candidatesOf, labelOf, type Mode, modeOf, present, unlockKindOf } from './normalise.js';
import type { OpenDoorQuery } from './query.js';
import type { Outcome } from './replies.js';

/** The doors and readers a DoorNum and a direction may name. */
export interface DoorMap {
  readonly doors: readonly { readonly id: DoorId; readonly number: number | string }[];
  readonly readers: readonly {
    readonly id: ReaderId;
    readonly door: DoorId;
    readonly direction: Direction;
  }[];
}

/** Nothing to ask for: the outcome is known. Otherwise the request, and the key under which repeats meet. */
export type Plan =
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'ask'; readonly request: ControlRequest; readonly repeatKey: string };

type AccessRequest = Extract<ControlRequest, { kind: 'access' }>;

const doorNumbers = new Set(['1', '2', '3', '4', 'SA', 'SB']);

/** What `query`, sent by `source` from `address`, asks for; `query` undefined = it was malformed. */
export function planOf(
  query: OpenDoorQuery | undefined,
  source: StoredSource,
  address: string,
  map: DoorMap,
  pin: (digits: string) => string | undefined,
): Plan {
  if (query === undefined) return known({ kind: 'bad-parameter' });
  const action = query.get('action') ?? '';
  if (action !== 'OpenDoor') return known({ kind: 'unknown-action', action });
  const doorNumber = query.get('DoorNum') ?? '';
  const door = doorNumbers.has(doorNumber)
    ? map.doors.find((one) => String(one.number) === doorNumber)
    : undefined;
  if (door === undefined) return known({ kind: 'bad-parameter' });
  const mode =
    source.direction === 'wire'
      ? modeOf(query.get('AntiPassbackMode'), source.numericMode)
      : source.direction;
  const name = present(query.get('Name'));
  const code = present(query.get('Code')?.trim());
  const repeatKey = JSON.stringify([source.id, name ?? '', code ?? '', doorNumber, mode]);
  const request = requestOf({ query, source, address, map, pin, door: door.id, mode, name, code });
  return { kind: 'ask', request, repeatKey };
}

interface Wish {
  readonly query: OpenDoorQuery;
  readonly source: StoredSource;
  readonly address: string;
  readonly map: DoorMap;
  readonly pin: (digits: string) => string | undefined;
  readonly door: DoorId;
  readonly mode: Mode;
  readonly name: string | undefined;
  readonly code: string | undefined;
}

function requestOf(wish: Wish): ControlRequest {
  const { source, door, mode, map } = wish;
  const by = { kind: 'source', source: source.id, address: wish.address } as const;
  const lookup = lookupOf(wish);
  if (!source.doors.includes(door)) return access(wish, by, 'source-not-allowed');
  if (mode === 'bad') return access(wish, by, 'bad-mode');
  if (lookup.by === 'none') {
    if (mode !== 'none' && source.missingCode === 'refuse') return access(wish, by, 'no-code');
    return { kind: 'door-command', door, command: 'release', level: 'operator', by };
  }
  if (mode === 'none') return { ...access(wish, by), lookup };
  const reader = map.readers.find((one) => one.door === door && one.direction === mode);
  if (reader === undefined) return access(wish, by, 'unknown-reader');
  return { ...access(wish, by), lookup, reader: reader.id };
}

/** By code, or by name where the source is so set; `none` when that which identifies was not sent. */
function lookupOf(wish: Wish): Lookup {
  const { source, name, code } = wish;
  if (source.identifyBy === 'name') return name === undefined ? { by: 'none' } : { by: 'name', name };
  if (code === undefined) return { by: 'none' };
  const kind = unlockKindOf(wish.query.get('UnlockType'));
  return { by: 'secret', candidates: candidatesOf(code, kind, source.codeFormat, wish.pin) };
}

function access(
  wish: Wish,
  by: AccessRequest['by'],
  refused?: Exclude<AccessRequest['refused'], undefined>,
): AccessRequest {
  const { name, code } = wish;
  const unlockType = present(wish.query.get('UnlockType'))?.replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
  const kind = unlockKindOf(unlockType);
  return {
    kind: 'access',
    door: wish.door,
    lookup: { by: 'none' },
    credential: {
      kind: kind === 'unknown' ? 'code' : kind,
      label: code === undefined ? '' : labelOf(code, kind),
    },
    by,
    ...(refused === undefined ? {} : { refused }),
    claimed: { ...(name === undefined ? {} : { name }), ...(unlockType === undefined ? {} : { unlockType }) },
  };
}

/** What the control thread said, in the words of the reply. */
export function outcomeOf(reply: ControlReply): Outcome {
  if (reply.kind === 'error') {
    return reply.error === 'unknown-door'
      ? { kind: 'bad-parameter' }
      : { kind: 'refused', reason: 'not-ready' };
  }
  if (reply.kind !== 'answer') return { kind: 'refused', reason: 'not-ready' };
  const { answer } = reply;
  if (answer.kind === 'granted' || answer.kind === 'released') return { kind: 'opened' };
  if (answer.kind !== 'denied') return { kind: 'refused', reason: 'not-ready' };
  if (answer.reason === 'bad-mode' || answer.reason === 'unknown-door') return { kind: 'bad-parameter' };
  if (answer.reason === 'source-not-allowed') return { kind: 'door-not-enabled' };
  return { kind: 'refused', reason: answer.reason };
}

function known(outcome: Outcome): Plan {
  return { kind: 'outcome', outcome };
}
