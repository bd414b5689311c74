/** The simulated physical world round the real core: locks, leaves, buttons, people, clocks and a disk. */
import type { Effect } from '../../src/core/effects.js';
import type { Event } from '../../src/core/events.js';
import type { ClockTrust, Instant, Site } from '../../src/core/model.js';
import type { State } from '../../src/core/state.js';
import { nextWakeMs, restoreState, step } from './core.js';
import { type Disk, enqueue, newDisk, nextDueMs, storedOf, takeDue } from './disk.js';
import { foretell } from './foretell.js';
import { emptyLedger, type Noted, rebuild } from './ledger.js';
import { answerKey, type Foretold, newShadow, rowKey, type Shadow } from './shadow.js';
import { type Town, WALL_MS } from './town.js';
import { Broken } from './view.js';

export interface World {
  readonly town: Town;
  readonly disk: Disk;
  /** The configuration the core was last told. */
  site: Site;
  state: State;
  shadow: Shadow;
  run: number;
  bootNumber: number;
  monoMs: number;
  trueMs: number;
  wallMinusMonoMs: number;
  trust: ClockTrust;
  readonly leavesOpen: Set<string>;
  readonly rexPressed: Set<string>;
  fireActive: boolean;
  /** What each relay was last told, or safe since the core stopped. */
  readonly unlocked: Set<string>;
  writing: boolean;
  held: (() => void)[];
  requests: number;
  steps: number;
  readonly watch: (view: View) => void;
}

/** What can be seen from outside at one moment. */
export interface View {
  readonly kind: 'step' | 'wait' | 'restart';
  readonly world: World;
  readonly at: Instant;
  readonly event?: Event;
  readonly effects: readonly Effect[];
  readonly rows: readonly Noted[];
  readonly foretold?: Foretold;
  /** Rows and answers foretold and not seen, and the other way round. */
  readonly missing: readonly string[];
  readonly extra: readonly string[];
  readonly answersMissing: readonly string[];
  readonly answersExtra: readonly string[];
}

export function newWorld(town: Town, watch: (view: View) => void): World {
  const at: Instant = { monoMs: 5_000, wallMs: WALL_MS, trust: 'ntp' };
  const disk = newDisk(town.site, town.users);
  const world: World = {
    town,
    disk,
    site: town.site,
    state: restoreState(town.site, storedOf(disk, 'boot1'), at),
    shadow: newShadow(town.site, 'boot1', emptyLedger(), at, 1),
    run: 1,
    bootNumber: 1,
    monoMs: at.monoMs,
    trueMs: 0,
    wallMinusMonoMs: at.wallMs - at.monoMs,
    trust: at.trust,
    leavesOpen: new Set(),
    rexPressed: new Set(),
    fireActive: false,
    unlocked: new Set(),
    writing: false,
    held: [],
    requests: 0,
    steps: 0,
    watch,
  };
  report(world, 'restart');
  greet(world, true);
  return world;
}

export function now(world: World): Instant {
  return { monoMs: world.monoMs, wallMs: world.monoMs + world.wallMinusMonoMs, trust: world.trust };
}

export function bootOf(world: World): string {
  return `boot${world.bootNumber}`;
}

/** Starts the core anew from what the disk holds; everything else is lost. */
export function restart(world: World, startedFirst: boolean): void {
  const { disk } = world;
  const boot = bootOf(world);
  const at = now(world);
  disk.queue = [];
  world.held = [];
  world.writing = false;
  world.run += 1;
  world.unlocked.clear();
  world.site = disk.site;
  world.state = restoreState(disk.site, storedOf(disk, boot), at);
  const isPauseNoted = (key: string): boolean => disk.facts.has(`lockout/${key}`);
  const ledger = rebuild(disk.log, { boot, at, trueMs: world.trueMs, isPauseNoted });
  world.shadow = newShadow(disk.site, boot, ledger, at, world.shadow.nextGrant);
  report(world, 'restart');
  greet(world, startedFirst);
}

/** The control thread's first words: fire before everything, then the leaves and buttons as they stand. */
function greet(world: World, startedFirst: boolean): void {
  const started = (): void => deliver(world, { kind: 'started', at: now(world), version: 'simulation' });
  if (startedFirst) started();
  if (world.fireActive) deliver(world, { kind: 'fire', at: now(world), active: true });
  for (const { id, hasContact } of world.site.doors.values()) {
    if (hasContact)
      deliver(world, { kind: 'contact', at: now(world), door: id, open: world.leavesOpen.has(id) });
    if (world.rexPressed.has(id)) deliver(world, { kind: 'rex', at: now(world), door: id, active: true });
  }
  if (!startedFirst) started();
}

/** Tells the core one thing, does what it asks for, and looks whether all is well. */
export function deliver(world: World, event: Event): void {
  world.steps += 1;
  const { state, effects } = step(world.site, world.state, event);
  world.state = state;
  if (event.kind === 'site-changed') world.site = event.site;
  const rows = effects.flatMap((effect) => (effect.kind === 'commit' ? effect.commit.rows : []));
  const foretold = foretell(world.shadow, event);
  const pairs = pairRows(world, rows, foretold);
  const seen = answersOf(effects);
  const moment = { kind: 'step', world, at: event.at, event, effects, foretold } as const;
  carryOut(world, effects, pairs.noted);
  world.watch({
    ...moment,
    rows: pairs.noted,
    missing: pairs.missing,
    extra: pairs.extra,
    answersMissing: without(foretold.answers, seen),
    answersExtra: without(seen, foretold.answers),
  });
}

/** Kinds the shadow does not foretell; invariants look at them by themselves. */
const untold = new Set([
  'reader-unreadable-on',
  'reader-unreadable-off',
  'door-held',
  'door-held-ended',
  'door-forced-ended',
  'zone-forgotten',
  'stopping',
]);

function pairRows(
  world: World,
  rows: readonly Noted['row'][],
  foretold: Foretold,
): {
  readonly noted: readonly Noted[];
  readonly missing: readonly string[];
  readonly extra: readonly string[];
} {
  const left = [...foretold.rows];
  const extra: string[] = [];
  const circumstances = {
    boot: bootOf(world),
    run: world.run,
    commit: world.shadow.nextCommit,
    trueMs: world.trueMs,
  };
  const noted = rows.map((row): Noted => {
    const key = rowKey(row);
    const index = left.findIndex((candidate) => candidate.key === key);
    const match = index < 0 ? undefined : left.splice(index, 1)[0];
    if (match === undefined && !untold.has(row.kind)) extra.push(key);
    return { row, ...circumstances, ...(match?.note === undefined ? {} : { note: match.note }) };
  });
  return { noted, missing: left.map(({ key }) => key), extra };
}

function answersOf(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.kind === 'answer' ? [answerKey(effect.request, effect.answer)] : [],
  );
}

function without(from: readonly string[], taken: readonly string[]): readonly string[] {
  if (from.length === 0) return from;
  const left = [...taken];
  return from.filter((item) => {
    const index = left.indexOf(item);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

function carryOut(world: World, effects: readonly Effect[], rows: readonly Noted[]): void {
  for (const effect of effects) {
    if (effect.kind === 'unlock') world.unlocked.add(effect.door);
    if (effect.kind === 'lock') world.unlocked.delete(effect.door);
    if (effect.kind !== 'commit') continue;
    const dueMonoMs = world.monoMs + world.disk.delayMs;
    enqueue(world.disk, { kind: 'commit', run: world.run, commit: effect.commit, rows, dueMonoMs });
    world.shadow.nextCommit = effect.commit.id + 1;
  }
}

export function report(world: World, kind: 'wait' | 'restart'): void {
  const none = { effects: [], rows: [], missing: [], extra: [], answersMissing: [], answersExtra: [] };
  world.watch({ kind, world, at: now(world), ...none });
}

/** Lets time pass: the disk speaks when it is done, the core is woken when it asked to be, at most `lateMs` late. */
export function wait(world: World, ms: number, lateMs: number): void {
  const target = world.monoMs + ms;
  for (let turns = 0; ; turns += 1) {
    const wake = (nextWakeMs(world.state, now(world)) ?? Number.POSITIVE_INFINITY) + lateMs;
    const due = nextDueMs(world.disk) ?? Number.POSITIVE_INFINITY;
    const next = Math.max(world.monoMs, Math.min(wake, due));
    if (next > target) break;
    if (turns > 2_000) throw new Broken('I24', 'the core asks to be woken again and again for nothing');
    passTo(world, next);
    if (due <= next) hearDisk(world);
    else deliver(world, { kind: 'tick', at: now(world) });
  }
  passTo(world, target);
}

function passTo(world: World, monoMs: number): void {
  world.trueMs += monoMs - world.monoMs;
  world.monoMs = monoMs;
  report(world, 'wait');
}

/** What became durable meanwhile, told in its order. */
function hearDisk(world: World): void {
  const due = takeDue(world.disk, world.monoMs);
  let through: number | undefined;
  for (const queued of due) {
    if (queued.kind === 'commit') {
      through = queued.commit.id;
      continue;
    }
    if (through !== undefined) deliver(world, { kind: 'committed', at: now(world), through });
    through = undefined;
    const { site, forgetUsers } = queued.edited;
    deliver(world, { kind: 'site-changed', at: now(world), site, forgottenUsers: forgetUsers });
    endWriting(world);
  }
  if (through !== undefined) deliver(world, { kind: 'committed', at: now(world), through });
}

/** The write is over, well or badly: decisions held meanwhile are made now. */
export function endWriting(world: World): void {
  world.writing = false;
  const held = world.held;
  world.held = [];
  for (const tell of held) tell();
}
