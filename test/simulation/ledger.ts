/**
 * What the log says, worked out anew from the kinds of its rows and the reference rule of anti-passback,
 * never from what the core says it remembers: zone records, waiting passages, standing commands, fire, pauses.
 */
import type { LogRow } from '../../src/core/log.js';
import type { Direction, Instant, Site, UserFacts, Zone } from '../../src/core/model.js';
import type { ZoneRecord } from '../../src/core/state.js';

/** What the simulated world knows of a row beyond its text, since it saw the step that made it. */
export type RowNote =
  /** A grant: the zones it moved at once, or the passage it left waiting. */
  | {
      readonly note: 'grant';
      readonly grant: number;
      readonly moved: readonly Move[];
      readonly waits?: Waiting;
    }
  /** A passage that waited was taken or not. */
  | { readonly note: 'ended'; readonly passage: number; readonly moved: readonly Move[] }
  | { readonly note: 'withdrawn'; readonly grant: number; readonly passage?: number };

export interface Move {
  readonly zone: number;
  readonly direction: Direction;
}

/** A grant whose door has not opened yet. */
export interface Waiting {
  /** The number of its first grant. */
  readonly passage: number;
  readonly door: string;
  readonly reader: string;
  readonly user: string;
  readonly boot: string;
  readonly deadlineMonoMs: number;
  readonly excused: readonly number[];
}

/** A row with its circumstances. */
export interface Noted {
  readonly row: LogRow;
  readonly boot: string;
  readonly run: number;
  readonly commit: number;
  /** Real time, which no crash and no clock changes. */
  readonly trueMs: number;
  readonly note?: RowNote;
}

interface Entry {
  /** Undefined = forgotten here. */
  readonly record: ZoneRecord | undefined;
  readonly grant: number | undefined;
}

export interface Ledger {
  readonly entries: Map<string, Entry[]>;
  waiting: (Waiting & { commit: number | undefined })[];
  readonly flags: Map<string, { emergency?: 'locked' | 'unlocked'; operator?: 'locked' | 'unlocked' }>;
  fire: boolean;
  readonly alarms: Set<number>;
  /** Until when each reader or source is closed to unknown credentials, monotonic. */
  readonly pauses: Map<string, number>;
}

export const LOCKOUT_MS = 30_000;

export function emptyLedger(): Ledger {
  return {
    entries: new Map(),
    waiting: [],
    flags: new Map(),
    fire: false,
    alarms: new Set(),
    pauses: new Map(),
  };
}

export function keyOf(zone: number, user: string): string {
  return `${zone} ${user}`;
}

/** The user's last counted passage in a zone; undefined = unknown. */
export function currentOf(ledger: Ledger, zone: number, user: string): ZoneRecord | undefined {
  return ledger.entries.get(keyOf(zone, user))?.at(-1)?.record;
}

/** Every user with a record, as `zone user` and its record. */
export function allRecords(ledger: Ledger): Map<string, ZoneRecord> {
  const records = new Map<string, ZoneRecord>();
  for (const [key, entries] of ledger.entries) {
    const record = entries.at(-1)?.record;
    if (record !== undefined) records.set(key, record);
  }
  return records;
}

export function setRecord(ledger: Ledger, key: string, record: ZoneRecord | undefined, grant?: number): void {
  const entries = ledger.entries.get(key);
  if (entries === undefined) ledger.entries.set(key, [{ record, grant }]);
  else entries.push({ record, grant });
}

/** The grant did not happen: whatever came before it stands again, and what came after it stays. */
export function undoGrant(ledger: Ledger, grant: number): readonly string[] {
  const touched: string[] = [];
  for (const [key, entries] of ledger.entries) {
    const index = entries.findIndex((entry) => entry.grant === grant);
    if (index < 0) continue;
    entries.splice(index, 1);
    touched.push(key);
  }
  return touched;
}

/** Forgets a zone's users, some users of a zone, or a user everywhere; says how many records went. */
export function forget(ledger: Ledger, which: (zone: number, user: string) => boolean): number {
  let count = 0;
  for (const [key, entries] of ledger.entries) {
    const space = key.indexOf(' ');
    if (!which(Number(key.slice(0, space)), key.slice(space + 1))) continue;
    if (entries.at(-1)?.record !== undefined) count += 1;
    entries.push({ record: undefined, grant: undefined });
  }
  return count;
}

/** Age by case C8: monotonic within a boot; by trusted wall clocks across boots; else this boot's running time. */
function ageOf(record: ZoneRecord, boot: string, now: Instant): number {
  if (boot === record.boot) return now.monoMs - record.monoMs;
  const comparable = record.trusted && (now.trust === 'rtc' || now.trust === 'ntp');
  return comparable ? Math.max(now.wallMs - record.wallMs, 0) : now.monoMs;
}

/** The reference rule of section 1. */
export function breaksRule(
  ledger: Ledger,
  zone: Zone,
  who: { readonly user: string; readonly direction: Direction },
  boot: string,
  now: Instant,
): boolean {
  if (zone.disabled) return false;
  const record = currentOf(ledger, zone.id, who.user);
  if (record === undefined || record.direction !== who.direction) return false;
  const lapsed = zone.resetSeconds !== 0 && ageOf(record, boot, now) >= zone.resetSeconds * 1_000;
  return !lapsed;
}

/** The zones of a reader, from their member lists. */
export function zonesAt(
  site: Site,
  reader: string,
): readonly { readonly zone: Zone; readonly direction: Direction }[] {
  return [...site.zones.values()].flatMap((zone) =>
    zone.members.filter((member) => member.reader === reader).map(({ direction }) => ({ zone, direction })),
  );
}

export function excuses(zone: Zone, user: UserFacts): boolean {
  return user.groups.some((group) => zone.bypassGroups.includes(group));
}

export function passageRecord(row: LogRow, boot: string, direction: Direction): ZoneRecord {
  const { monoMs, wallMs, trust } = row.at;
  const trusted = trust === 'ntp' || trust === 'rtc';
  return { direction, reader: row.reader ?? '', boot, monoMs, wallMs, trusted };
}

/** Whose failures count together. */
export function pauseKey(row: Pick<LogRow, 'by' | 'reader' | 'door'>): string {
  return row.by?.kind === 'source' ? `source:${row.by.source}` : (row.reader ?? row.door ?? '');
}

/** The circumstances of a start. */
export interface Start {
  readonly boot: string;
  readonly at: Instant;
  readonly trueMs: number;
  /** Whether the pause of a reader had not been noted as over. */
  readonly isPauseNoted: (key: string) => boolean;
}

/** The whole log read anew at a start. */
export function rebuild(log: readonly Noted[], start: Start): Ledger {
  const ledger = emptyLedger();
  for (const noted of log) replay(ledger, noted, start);
  ledger.waiting = ledger.waiting.map((waiting) => ({
    ...waiting,
    commit: undefined,
    deadlineMonoMs: waiting.boot === start.boot ? waiting.deadlineMonoMs : start.at.monoMs,
  }));
  return ledger;
}

function replay(ledger: Ledger, noted: Noted, start: Start): void {
  const { row } = noted;
  if (noted.note !== undefined) replayPassage(ledger, noted, noted.note);
  const { zone, user, door } = row;
  switch (row.kind) {
    case 'zone-cleared': {
      const users = row.detail?.['users'];
      if (row.reason !== undefined || zone === undefined) return;
      forget(
        ledger,
        (z, u) => z === zone && (users === 'all' || (Array.isArray(users) && users.includes(u))),
      );
      return;
    }
    case 'zone-forgotten':
      forget(ledger, (z, u) => z === zone || u === user);
      if (user !== undefined) ledger.waiting = ledger.waiting.filter((waiting) => waiting.user !== user);
      return;
    case 'door-command':
      if (row.reason === undefined && door !== undefined) setFlag(ledger, door, row.detail);
      return;
    case 'fire-on':
      ledger.fire = true;
      return;
    case 'fire-reset':
      if (row.reason === undefined) ledger.fire = false;
      return;
    case 'zone-alarm-on':
      if (zone !== undefined) ledger.alarms.add(zone);
      return;
    case 'zone-alarm-off':
      if (zone !== undefined) ledger.alarms.delete(zone);
      return;
    case 'reader-locked-out':
      ledger.pauses.set(pauseKey(row), pauseAfterStart(noted, start));
      return;
    default:
  }
}

function replayPassage(ledger: Ledger, noted: Noted, note: RowNote): void {
  if (note.note === 'withdrawn') {
    undoGrant(ledger, note.grant);
    ledger.waiting = ledger.waiting.filter(({ passage }) => passage !== note.passage);
    return;
  }
  const grant = note.note === 'grant' ? note.grant : undefined;
  const { row } = noted;
  for (const { zone, direction } of note.moved) {
    setRecord(ledger, keyOf(zone, row.user ?? ''), passageRecord(row, noted.boot, direction), grant);
  }
  const gone = note.note === 'grant' ? note.waits?.passage : note.passage;
  const index = ledger.waiting.findIndex(({ passage }) => passage === gone);
  if (note.note === 'grant' && note.waits !== undefined) {
    const waiting = { ...note.waits, commit: noted.commit };
    if (index < 0) ledger.waiting.push(waiting);
    else ledger.waiting[index] = waiting;
  } else if (index >= 0) ledger.waiting.splice(index, 1);
}

/** The same boot keeps the end; another one begins a pause not noted as over anew, and may never shorten it. */
function pauseAfterStart(noted: Noted, start: Start): number {
  if (noted.boot === start.boot) return noted.row.at.monoMs + LOCKOUT_MS;
  const left = Math.max(0, LOCKOUT_MS - (start.trueMs - noted.trueMs));
  return start.at.monoMs + (start.isPauseNoted(pauseKey(noted.row)) ? LOCKOUT_MS : left);
}

/** A standing command as its row tells it. */
export function setFlag(ledger: Ledger, door: string, detail: LogRow['detail']): void {
  const { command, level } = detail ?? {};
  if (level !== 'operator' && level !== 'emergency') return;
  const flags = ledger.flags.get(door) ?? {};
  delete flags[level];
  if (command === 'lock') flags[level] = 'locked';
  if (command === 'unlock') flags[level] = 'unlocked';
  ledger.flags.set(door, flags);
}
