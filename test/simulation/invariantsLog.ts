/** I17 and I20 to I26: what the log and the disk hold, and that nothing grows without end. */
import type { ZoneRecord } from '../../src/core/state.js';
import { applyRecords } from './disk.js';
import { allRecords, currentOf, type Noted } from './ledger.js';
import { PLANTED_SECRET } from './town.js';
import { always, type Invariant, type View } from './view.js';

const fields = ['direction', 'reader', 'boot', 'monoMs', 'wallMs', 'trusted'] as const;

function sameRecord(a: ZoneRecord | undefined, b: ZoneRecord | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return fields.every((field) => a[field] === b[field]);
}

function firstDifference(
  a: ReadonlyMap<string, ZoneRecord>,
  b: ReadonlyMap<string, ZoneRecord>,
): string | undefined {
  return [...new Set([...a.keys(), ...b.keys()])].find((key) => !sameRecord(a.get(key), b.get(key)));
}

const atomicity: Invariant = {
  id: 'I17',
  text:
    'Atomicity: zone records = fold(log): after every step the record changes inside the rows give what the reference ' +
    'rule makes of the passages; at every start the durable table equals both the fold of the durable rows and the ' +
    'rule over them; whenever nothing is on its way to the disk the table equals the records in force.',
  watch: () => {
    let live = new Map<string, ZoneRecord>();
    return (view) => {
      const { world } = view;
      if (view.kind === 'restart') {
        live = foldOf(world.disk.log);
        return differenceAtStart(view, live);
      }
      if (view.foretold === undefined) return undefined;
      const touched = new Set(view.foretold.touched);
      for (const { row } of view.rows) {
        applyRecords(live, row);
        for (const change of row.records ?? [])
          if (change.kind === 'set' || change.kind === 'forget') touched.add(`${change.zone} ${change.user}`);
      }
      if (view.event?.kind === 'site-changed') live = allRecords(world.shadow.ledger);
      for (const key of touched) {
        const [zone, user] = key.split(' ');
        if (!sameRecord(live.get(key), currentOf(world.shadow.ledger, Number(zone), user ?? '')))
          return `record of zone and user ${key} differs from the rule`;
      }
      if (world.writing || world.disk.queue.length > 0 || world.disk.mode !== 'ok') return undefined;
      const odd = firstDifference(world.disk.records, live);
      return odd === undefined ? undefined : `the stored record ${odd} differs from the one in force`;
    };
  },
};

function foldOf(log: readonly Noted[]): Map<string, ZoneRecord> {
  const records = new Map<string, ZoneRecord>();
  for (const { row } of log) applyRecords(records, row);
  return records;
}

function differenceAtStart(view: View, folded: ReadonlyMap<string, ZoneRecord>): string | undefined {
  const { disk, shadow } = view.world;
  const stored = firstDifference(disk.records, folded);
  if (stored !== undefined) return `stored record ${stored} differs from the fold of the log`;
  const ruled = firstDifference(folded, allRecords(shadow.ledger));
  return ruled === undefined
    ? undefined
    : `fold of the log at ${ruled} differs from the rule over its passages`;
}

const durableFirst = always(
  'I20',
  'Durable first: a relay rises for a grant only when its row is on the disk; sole exception a door that may grant ' +
    'degraded, within its cap. REX, fire, release and relock carry their row in the same step.',
  (view) => {
    const { disk, site, run } = view.world;
    for (const effect of view.effects) {
      if (effect.kind !== 'unlock' || effect.cause !== 'grant') continue;
      const opened = view.foretold?.opened.filter(({ door }) => door === effect.door) ?? [];
      if (opened.length === 0) return `${effect.door} opened for a grant that is not durable`;
      const onDisk = opened.some(({ commit }) => disk.appliedRun === run && commit <= disk.appliedCommit);
      const degraded = site.doors.get(effect.door)?.onStorageFailure === 'grant-degraded';
      if (!onDisk && !degraded) return `${effect.door} opened before its row was durable`;
    }
    return undefined;
  },
);

const complete: Invariant = {
  id: 'I21',
  text:
    'Complete: each decision, relay edge, door edge, command, alarm, clock step and start gives exactly one row (noise ' +
    'above its limit one sum), every request exactly one answer, and what was answered as done is on the disk or was ' +
    'answered as not. (Logins and configuration changes: the web and storage tests.)',
  watch: () => (view) => {
    if (view.missing.length > 0) return `no row: ${view.missing[0]}`;
    if (view.extra.length > 0) return `a row too many: ${view.extra[0]}`;
    if (view.answersMissing.length > 0) return `no answer: ${view.answersMissing[0]}`;
    if (view.answersExtra.length > 0) return `an answer too many: ${view.answersExtra[0]}`;
    for (const effect of view.effects) {
      if (effect.kind !== 'unlock' && effect.kind !== 'lock') continue;
      const kind = effect.kind === 'unlock' ? 'unlocked' : 'locked';
      const rows = view.rows.filter(({ row }) => row.kind === kind && row.door === effect.door).length;
      if (rows !== 1) return `${rows} rows for the relay of ${effect.door}`;
    }
    return heldProblem(view);
  },
};

function heldProblem(view: View): string | undefined {
  const held = view.rows.find(({ row }) => row.kind === 'door-held');
  if (held === undefined) return undefined;
  return view.world.shadow.doors.get(held.row.door ?? '')?.leaf === 'open'
    ? undefined
    : 'a closed door is held';
}

const chain: Invariant = {
  id: 'I22',
  text:
    'Chain: commits are numbered 1, 2, 3 within a run, none skipped, none twice, and the durable log only grows by ' +
    'them in that order, through failures and repeats. (The hash chain over it: the storage tests.)',
  watch: () => {
    let lastCommit = 0;
    let seen = 0;
    let lastDurable = { run: 0, commit: 0 };
    return (view) => {
      if (view.kind === 'restart') lastCommit = 0;
      for (const effect of view.effects) {
        if (effect.kind !== 'commit') continue;
        if (effect.commit.id !== lastCommit + 1) return `commit ${effect.commit.id} after ${lastCommit}`;
        lastCommit = effect.commit.id;
      }
      const { log } = view.world.disk;
      if (log.length < seen) return 'the log became shorter';
      for (const noted of log.slice(seen)) {
        const { run, commit } = noted;
        if (commit === 0) continue;
        if (run < lastDurable.run || (run === lastDurable.run && commit < lastDurable.commit))
          return `commit ${commit} of run ${run} came after ${lastDurable.commit}`;
        lastDurable = { run, commit };
      }
      seen = log.length;
      return undefined;
    };
  },
};

const order: Invariant = {
  id: 'I23',
  text: 'Order: rows are in the order of their decisions by the monotonic clock of their boot, whatever the wall clock does.',
  watch: () => {
    let last = { boot: '', monoMs: 0 };
    return (view) => {
      for (const { row, boot } of view.rows) {
        if (boot === last.boot && row.at.monoMs < last.monoMs)
          return `${row.kind} is older than the row before it`;
        if (row.at !== view.at) return `${row.kind} does not bear the time of its event`;
        last = { boot, monoMs: row.at.monoMs };
      }
      return undefined;
    };
  },
};

/** Rows one event may cause beyond those of the doors, zones and waiting passages it concerns. */
const ROWS_SPARE = 12;

const boundedWork = always(
  'I24',
  'Bounded work: no event causes more rows than doors, zones, waiting passages and passed deadlines explain; the state ' +
    'holds no more than its sites, readers and open requests explain; the core never asks to be woken in the past for ' +
    'ever. (Delays of other doors: the benchmarks.)',
  (view) => {
    const { state, site, shadow } = view.world;
    const parts = site.doors.size * 4 + site.zones.size * 3 + site.readers.size;
    const passages = view.foretold?.rows.length ?? 0;
    if (view.rows.length > ROWS_SPARE + parts + passages) return `${view.rows.length} rows of one event`;
    const waiting = [...state.doors.values()].reduce((sum, door) => sum + door.waiting.length, 0);
    if (waiting !== shadow.ledger.waiting.length)
      return `${waiting} passages wait, not ${shadow.ledger.waiting.length}`;
    const open = shadow.grants.length + shadow.asked.length;
    if (state.awaiting.length > open) return `${state.awaiting.length} await the disk, not ${open}`;
    if (state.floods.size > site.readers.size + 1) return `${state.floods.size} floods`;
    if (state.lockouts.size > site.readers.size + site.doors.size + 1) return `${state.lockouts.size} pauses`;
    return undefined;
  },
);

const secrets = always(
  'I26',
  'Secrets: what is planted beside the facts of a user, a PIN and a key, is found in no row, fact or answer. (Standard ' +
    'output, exports and crash dumps: their own tests.)',
  (view) => {
    if (view.effects.length === 0) return undefined;
    return JSON.stringify(view.effects).includes(PLANTED_SECRET)
      ? 'a planted secret left the core'
      : undefined;
  },
);

export const logInvariants: readonly Invariant[] = [
  atomicity,
  durableFirst,
  complete,
  chain,
  order,
  boundedWork,
  secrets,
];
