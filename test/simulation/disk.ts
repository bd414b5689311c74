/** The simulated storage: one writer, commits durable in order and late, faults, and what a crash leaves. */
import type { Commit } from '../../src/core/effects.js';
import type { Json, LogRow, RecordChange } from '../../src/core/log.js';
import type { Instant, Site, UserFacts } from '../../src/core/model.js';
import type { Passage, Stored, ZoneRecord } from '../../src/core/state.js';
import { keyOf, type Noted } from './ledger.js';
import type { Edited } from './town.js';

/** What waits for the disk: a commit of the core, or an operator's change. */
export type Queued =
  | {
      readonly kind: 'commit';
      readonly run: number;
      readonly commit: Commit;
      readonly rows: readonly Noted[];
      readonly dueMonoMs: number;
    }
  | { readonly kind: 'write'; readonly edited: Edited; readonly row: Noted; readonly dueMonoMs: number };

export interface Disk {
  mode: 'ok' | 'stalled' | 'failed';
  delayMs: number;
  queue: Queued[];
  /** Durable from here on. */
  readonly log: Noted[];
  readonly records: Map<string, ZoneRecord>;
  readonly passages: Map<string, Passage>;
  readonly facts: Map<string, Json>;
  site: Site;
  users: readonly UserFacts[];
  /** The latest commit applied, by run: what is sent again is not applied again. */
  appliedRun: number;
  appliedCommit: number;
}

export function newDisk(site: Site, users: readonly UserFacts[]): Disk {
  return {
    mode: 'ok',
    delayMs: 1,
    queue: [],
    log: [],
    records: new Map(),
    passages: new Map(),
    facts: new Map(),
    site,
    users,
    appliedRun: 0,
    appliedCommit: 0,
  };
}

/** When the disk next has something to say; undefined = nothing, or not for now. */
export function nextDueMs(disk: Disk): number | undefined {
  return disk.mode === 'ok' ? disk.queue[0]?.dueMonoMs : undefined;
}

export function enqueue(disk: Disk, queued: Queued): void {
  disk.queue.push({ ...queued, dueMonoMs: Math.max(queued.dueMonoMs, disk.queue.at(-1)?.dueMonoMs ?? 0) });
}

/** Changes the disk's health. What waits is tried again from `nowMs` on. */
export function setMode(disk: Disk, mode: Disk['mode'], delayMs: number, nowMs: number): void {
  disk.mode = mode;
  disk.delayMs = delayMs;
  if (mode !== 'ok') return;
  disk.queue = disk.queue.map((queued) => ({
    ...queued,
    dueMonoMs: Math.max(queued.dueMonoMs, nowMs + delayMs),
  }));
}

/** Takes what is due off the queue, all durable now. */
export function takeDue(disk: Disk, nowMs: number): readonly Queued[] {
  if (disk.mode !== 'ok') return [];
  const count = disk.queue.findIndex(({ dueMonoMs }) => dueMonoMs > nowMs);
  const due = disk.queue.splice(0, count < 0 ? disk.queue.length : count);
  for (const queued of due) apply(disk, queued);
  return due;
}

/** The first few that wait reach the disk although nobody will hear of it. */
export function land(disk: Disk, count: number): void {
  for (const queued of disk.queue.slice(0, count)) apply(disk, queued);
}

/** One transaction. */
function apply(disk: Disk, queued: Queued): void {
  if (queued.kind === 'write') {
    applyWrite(disk, queued.edited, queued.row);
    return;
  }
  const { commit, rows, run } = queued;
  if (run === disk.appliedRun && commit.id <= disk.appliedCommit) return;
  disk.appliedRun = run;
  disk.appliedCommit = commit.id;
  for (const noted of rows) append(disk, noted);
  for (const change of commit.passages) {
    if (change.kind === 'put') disk.passages.set(change.passage.id, change.passage);
    else disk.passages.delete(change.id);
  }
  for (const { key, value } of commit.facts) {
    if (value === null) disk.facts.delete(key);
    else disk.facts.set(key, value);
  }
}

function append(disk: Disk, noted: Noted): void {
  disk.log.push(noted);
  applyRecords(disk.records, noted.row);
}

/** The record changes of one row, as a table takes them. */
export function applyRecords(records: Map<string, ZoneRecord>, row: LogRow): void {
  for (const change of row.records ?? []) {
    if (change.kind === 'set') records.set(keyOf(change.zone, change.user), change.record);
    else if (change.kind === 'forget') records.delete(keyOf(change.zone, change.user));
    else for (const [key, record] of records) applyToMany(records, change, key, record);
  }
}

type ChangeOfMany = Exclude<RecordChange, { kind: 'set' | 'forget' }>;

function applyToMany(
  records: Map<string, ZoneRecord>,
  change: ChangeOfMany,
  key: string,
  { marks = [] }: ZoneRecord,
): void {
  if (change.kind === 'forget-user') {
    if (key.endsWith(` ${change.user}`)) records.delete(key);
    return;
  }
  if (!key.startsWith(`${change.zone} `)) return;
  // A town has too few people for lists to be changed in slices.
  if ('users' in change) throw new Error(`${change.kind} in a small zone`);
  if ('marked' in change && change.marked !== undefined && !marks.includes(change.marked)) return;
  if (change.kind === 'set-all') records.set(key, change.record);
  else records.delete(key);
}

function applyWrite(disk: Disk, edited: Edited, template: Noted): void {
  disk.site = edited.site;
  disk.users = edited.users;
  const rowOf = (row: Pick<LogRow, 'zone' | 'user' | 'records'>): Noted => ({
    ...template,
    row: { ...template.row, kind: 'zone-forgotten', ...row },
  });
  disk.log.push(template);
  for (const zone of edited.forgetZones)
    append(disk, rowOf({ zone, records: [{ kind: 'forget-zone', zone }] }));
  for (const user of edited.forgetUsers) {
    append(disk, rowOf({ user, records: [{ kind: 'forget-user', user }] }));
    for (const [id, passage] of disk.passages) if (passage.user === user) disk.passages.delete(id);
  }
}

/** What storage hands to a starting core. */
export function storedOf(disk: Disk, boot: string): Stored {
  const records = [...disk.records].map(([key, record]) => {
    const space = key.indexOf(' ');
    return { zone: Number(key.slice(0, space)), user: key.slice(space + 1), record };
  });
  return { boot, records, passages: [...disk.passages.values()], facts: new Map(disk.facts) };
}

/** The row storage itself writes for a change. */
export function changedRow(at: Instant): LogRow {
  return { kind: 'changed', at, by: { kind: 'operator', operator: 'op' } };
}
