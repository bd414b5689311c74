/** Zone records follow passages. */
import { isTrusted } from './antipassback.js';
import type { AccessRequested } from './events.js';
import type { LogRow } from './log.js';
import type { GroupId, Instant, UserFacts, Zone, ZoneId } from './model.js';
import type { MovedRecord, Passage, Stamp, ZoneMark, ZoneRecord } from './state.js';
import type { Turn } from './turn.js';
import { hasMark, recordOf, withRecord } from './zoneRecords.js';

/** What a passage carries of its user into the records. */
export type Mover = Pick<Passage, 'user' | 'blocks' | 'supervisor' | 'groups'>;

/** What the records need to know of somebody who passes this reader; `blocks` are the zones that hold it against them. */
export function moverOf(
  turn: Turn,
  user: Pick<UserFacts, 'id' | 'supervisor' | 'groups'>,
  reader: string | undefined,
  blocks: readonly ZoneId[],
): Mover {
  const zones = reader === undefined ? [] : (turn.site.zonesOfReader.get(reader) ?? []);
  // Whoever enters on a free pass is recorded in the zones around as well.
  const touched = zones.flatMap(({ zone }) => [zone, ...zonesAround(turn, zone)]);
  const named = new Set(touched.flatMap((zone) => zone.dailyReset?.groups ?? []));
  const groups = user.groups.filter((group) => named.has(group));
  return {
    user: user.id,
    ...(blocks.length === 0 ? {} : { blocks }),
    ...(user.supervisor ? { supervisor: true } : {}),
    ...(groups.length === 0 ? {} : { groups }),
  };
}

/**
 * Every zone of the reader learns of the passage, disabled ones too unless they are told not to, so that enabling
 * starts from the truth. Whoever enters a zone on a free pass of the one around it is inside both.
 */
export function moveRecords(turn: Turn, mover: Mover, reader: string | undefined): readonly MovedRecord[] {
  if (reader === undefined) return [];
  const moved: MovedRecord[] = [];
  for (const { zone, direction } of turn.site.zonesOfReader.get(reader) ?? []) {
    if (zone.disabled && zone.trackWhileDisabled === false) continue;
    if (direction === 'entry') moved.push(...enterAround(turn, zone, mover, reader));
    moved.push(move(turn, zone, mover, { direction, reader }));
  }
  return moved;
}

/** The zones a zone lies in, innermost first. */
function zonesAround(turn: Turn, zone: Zone): readonly Zone[] {
  const outer = zone.inside === undefined ? undefined : turn.site.zones.get(zone.inside);
  return outer === undefined ? [] : [outer, ...zonesAround(turn, outer)];
}

/** The zones around, outermost first, as far as a free pass leads. */
function enterAround(turn: Turn, zone: Zone, mover: Mover, reader: string): readonly MovedRecord[] {
  const outer = zone.inside === undefined ? undefined : turn.site.zones.get(zone.inside);
  if (outer === undefined || !hasMark(recordOf(turn.state, outer.id, mover.user), 'cleared')) return [];
  const around = enterAround(turn, outer, mover, reader);
  return [...around, move(turn, outer, mover, { direction: 'entry', reader })];
}

function move(
  turn: Turn,
  zone: Zone,
  mover: Mover,
  passage: Pick<ZoneRecord, 'direction' | 'reader'>,
): MovedRecord {
  const before = recordOf(turn.state, zone.id, mover.user);
  const marks = marksOf(zone, mover, before);
  const set = { ...passage, ...stampOf(turn.state.boot, turn.at), ...(marks.length === 0 ? {} : { marks }) };
  turn.state = withRecord(turn.state, zone.id, mover.user, set);
  return { zone: zone.id, user: mover.user, set, before };
}

/** What a record keeps of its user. A block outlives passages: only clearing ends it. */
export function marksOf(zone: Zone, mover: Mover, before: ZoneRecord | undefined): readonly ZoneMark[] {
  const blocked = hasMark(before, 'blocked') || mover.blocks?.includes(zone.id) === true;
  const daily = zone.dailyReset?.groups?.some((group: GroupId) => mover.groups?.includes(group) === true);
  return [
    ...(blocked ? (['blocked'] as const) : []),
    ...(daily === true ? (['daily'] as const) : []),
    ...(mover.supervisor === true ? (['supervisor'] as const) : []),
  ];
}

/** The moment, so that it can be compared after a restart. */
export function stampOf(boot: string, at: Instant): Stamp {
  return { boot, monoMs: at.monoMs, wallMs: at.wallMs, trusted: isTrusted(at) };
}

/** The record changes of a row. */
export function withRecords(moved: readonly MovedRecord[]): Pick<LogRow, 'records'> {
  if (moved.length === 0) return {};
  return { records: moved.map(({ zone, user, set }) => ({ kind: 'set', zone, user, record: set })) };
}

/** What a row says of a request. */
export function rowOf(asked: AccessRequested, user: UserFacts | undefined): Omit<LogRow, 'at' | 'kind'> {
  return {
    door: asked.door,
    credential: asked.credential,
    by: asked.by,
    ...(asked.reader === undefined ? {} : { reader: asked.reader }),
    ...(user === undefined ? {} : { user: user.id, userName: user.name }),
  };
}
