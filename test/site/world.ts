/**
 * The core in a simulated world: a clock that is a number, a disk that is three maps and can stall, and door
 * leaves. After each line what the disk holds must be what the core remembers.
 */
import assert from 'node:assert/strict';
import { sameMembers } from '../../src/core/antipassback.js';
import { nextWakeMs, step } from '../../src/core/controller.js';
import type { Commit, Effect } from '../../src/core/effects.js';
import type { Event } from '../../src/core/events.js';
import type { Json, RecordChange } from '../../src/core/log.js';
import type { ClockTrust, DoorId, Instant, Site, UserId, ZoneId } from '../../src/core/model.js';
import { restoreState } from '../../src/core/restore.js';
import type { Passage, State, Stored, ZoneRecord } from '../../src/core/state.js';
import { trieEntries } from '../../src/core/trie.js';
import type { Happening } from './words.js';

/** What the simulated disk holds: that, and nothing else, outlives a crash. */
interface Disk {
  readonly records: Map<
    string,
    { readonly zone: ZoneId; readonly user: UserId; readonly record: ZoneRecord }
  >;
  readonly passages: Map<string, Passage>;
  readonly facts: Map<string, Json>;
}

/** Changed in place by the functions below. */
export interface World {
  site: Site;
  state: State;
  boot: string;
  monoMs: number;
  wallMs: number;
  trust: ClockTrust;
  storage: 'up' | 'slow' | 'down';
  /** Commits asked for and not yet on the disk. */
  pending: Commit[];
  readonly disk: Disk;
  readonly openLeaves: Set<DoorId>;
  fireActive: boolean;
  /** The process is gone: nothing is told, nothing wakes. */
  dead: boolean;
  happened: Happening[];
}

type WithoutAt<E> = E extends Event ? Omit<E, 'at'> : never;
/** An event whose time is now. */
export type Stimulus = WithoutAt<Event>;

/** A fresh world; `seen` are the records it begins with. */
export function makeWorld(
  site: Site,
  at: Instant,
  seen: readonly { zone: ZoneId; user: UserId; record: ZoneRecord }[],
): World {
  const boot = 'boot-1';
  const disk: Disk = { records: new Map(), passages: new Map(), facts: new Map() };
  for (const one of seen) disk.records.set(`${one.zone}/${one.user}`, one);
  const state = restoreState(site, storedOf(disk, boot), at);
  const { monoMs, wallMs, trust } = at;
  return {
    ...{ site, state, boot, monoMs, wallMs, trust, disk },
    storage: 'up',
    pending: [],
    openLeaves: new Set(),
    fireActive: false,
    dead: false,
    happened: [],
  };
}

/** The inputs as they stand, as the control thread reports them after a start. */
export function reportInputs(world: World): void {
  feed(world, { kind: 'started', version: 'test' });
  if (world.fireActive) feed(world, { kind: 'fire', active: true });
  for (const door of world.site.doors.values()) {
    if (door.hasContact) feed(world, { kind: 'contact', door: door.id, open: world.openLeaves.has(door.id) });
  }
}

/** Tells the core, does what it asks, and tells it of each commit that reached the disk. */
export function feed(world: World, stimulus: Stimulus): void {
  if (world.dead) return;
  const at: Instant = { monoMs: world.monoMs, wallMs: world.wallMs, trust: world.trust };
  const event = { ...stimulus, at } as Event;
  const { state, effects } = step(world.site, world.state, event);
  world.state = state;
  if (event.kind === 'site-changed') world.site = event.site;
  for (const effect of effects) perform(world, effect);
  if (world.storage === 'up') flush(world);
}

function perform(world: World, effect: Effect): void {
  // What another controller is asked is no part of this world.
  if (effect.kind === 'forward') return;
  if (effect.kind !== 'commit') {
    world.happened.push({ kind: 'effect', effect });
    return;
  }
  world.pending.push(effect.commit);
  const durable = world.storage === 'up';
  for (const row of effect.commit.rows) world.happened.push({ kind: 'row', row, durable });
}

/** All that waits reaches the disk, as one transaction, and the core is told. */
export function flush(world: World): void {
  const last = world.pending.at(-1);
  if (last === undefined) return;
  write(world);
  feed(world, { kind: 'committed', through: last.id });
}

/** All that waits reaches the disk. */
export function write(world: World): void {
  for (const commit of world.pending) apply(world.disk, commit);
  world.pending = [];
}

function apply(disk: Disk, commit: Commit): void {
  for (const change of commit.rows.flatMap((row) => row.records ?? [])) applyRecord(disk, change);
  for (const change of commit.passages) {
    if (change.kind === 'put') disk.passages.set(change.passage.id, change.passage);
    else disk.passages.delete(change.id);
  }
  for (const { key, value } of commit.facts) {
    if (value === null) disk.facts.delete(key);
    else disk.facts.set(key, value);
  }
}

function applyRecord(disk: Disk, change: RecordChange): void {
  switch (change.kind) {
    case 'set':
      disk.records.set(`${change.zone}/${change.user}`, change);
      return;
    case 'forget':
      disk.records.delete(`${change.zone}/${change.user}`);
      return;
    case 'forget-zone':
      forget(disk, (zone) => zone === change.zone);
      return;
    case 'forget-user':
      forget(disk, (_, user) => user === change.user);
      return;
    case 'forget-users':
      for (const user of change.users) disk.records.delete(`${change.zone}/${user}`);
      return;
    case 'set-users': {
      const { zone, record } = change;
      for (const user of change.users) disk.records.set(`${zone}/${user}`, { zone, user, record });
      return;
    }
    default:
      for (const [key, { zone, user, record }] of disk.records) {
        if (zone !== change.zone) continue;
        if (change.marked !== undefined && record.marks?.includes(change.marked) !== true) continue;
        if (change.kind === 'set-all') disk.records.set(key, { zone, user, record: change.record });
        else disk.records.delete(key);
      }
  }
}

function forget(disk: Disk, which: (zone: ZoneId, user: UserId) => boolean): void {
  for (const [key, { zone, user }] of disk.records) {
    if (which(zone, user)) disk.records.delete(key);
  }
}

/** An operator's change: storage forgets what it forgets in its own transaction, then the core is told. */
export function changeSite(
  world: World,
  site: Site,
  forgottenUsers: readonly UserId[],
  alarms: readonly { readonly zone: ZoneId; readonly alarmed: boolean }[] = [],
): void {
  for (const { zone, alarmed } of alarms) {
    if (alarmed) world.disk.facts.set(`zone/${zone}/alarm`, true);
    else world.disk.facts.delete(`zone/${zone}/alarm`);
  }
  forget(world.disk, (zone, user) => {
    const old = world.site.zones.get(zone);
    const now = site.zones.get(zone);
    return old === undefined || now === undefined || !sameMembers(old, now) || forgottenUsers.includes(user);
  });
  feed(world, { kind: 'site-changed', site, forgottenUsers, alarms });
  world.site = site;
}

/** The process is killed: what is not on the disk is gone. */
export function die(world: World): void {
  world.pending = [];
  world.dead = true;
}

/** The process starts from what the disk holds; `boot` given = the machine was off as well. */
export function restart(world: World, boot: string | undefined): void {
  die(world);
  world.dead = false;
  if (boot !== undefined) {
    world.boot = boot;
    world.monoMs = 20_000;
  }
  const at: Instant = { monoMs: world.monoMs, wallMs: world.wallMs, trust: world.trust };
  world.state = restoreState(world.site, storedOf(world.disk, world.boot), at);
  world.storage = 'up';
  reportInputs(world);
}

function storedOf(disk: Disk, boot: string): Stored {
  return {
    boot,
    records: [...disk.records.values()],
    passages: [...disk.passages.values()],
    facts: new Map(disk.facts),
  };
}

/** Lets time pass, and wakes the core each time it asked for it before then. */
export function advanceTo(world: World, wallMs: number): void {
  const untilMonoMs = world.monoMs + wallMs - world.wallMs;
  while (!world.dead) {
    const wake = nextWakeMs(world.state, world);
    if (wake === undefined || wake >= untilMonoMs) break;
    pass(world, Math.max(0, wake - world.monoMs));
    feed(world, { kind: 'tick' });
    const next = nextWakeMs(world.state, world) ?? Number.POSITIVE_INFINITY;
    assert.ok(next > world.monoMs, `the core asks again for the moment it was woken at (${wake} ms)`);
  }
  pass(world, untilMonoMs - world.monoMs);
}

function pass(world: World, ms: number): void {
  world.monoMs += ms;
  world.wallMs += ms;
}

/** What a record says, in whatever order it says it. */
function textOf(record: ZoneRecord): string {
  return JSON.stringify(Object.entries(record).sort());
}

/** With nothing on its way, the disk and the core agree on every record, waiting passage and fact. */
export function assertDurable(world: World): void {
  if (world.pending.length > 0 || world.dead) return;
  const remembered = [...world.state.records].flatMap(([zone, records]) =>
    [...trieEntries(records)].map(([user, record]) => `${zone}/${user} ${textOf(record)}`),
  );
  const kept = [...world.disk.records].map(([key, { record }]) => `${key} ${textOf(record)}`);
  assert.deepEqual(kept.sort(), remembered.sort(), 'the disk and the core differ in zone records');
  const waiting = [...world.state.doors.values()].flatMap((door) =>
    door.waiting.map((entry) => entry.passage.id),
  );
  assert.deepEqual([...world.disk.passages.keys()].sort(), waiting.sort(), 'waiting passages differ');
  assert.deepEqual([...world.disk.facts.keys()].sort(), [...factKeys(world.state)].sort(), 'facts differ');
}

/** What must be on the disk besides records and passages: standing commands, alarms, fire, pauses. */
function* factKeys(state: State): Generator<string> {
  const { doors, alarmedZones, running, fire, lockouts } = state;
  for (const zone of state.musters.keys()) yield `zone/${zone}/muster`;
  for (const zone of state.lockdowns) yield `zone/${zone}/lockdown`;
  for (const [zone, { day, interval }] of state.resets) {
    if (day !== undefined) yield `zone/${zone}/daily`;
    if (interval !== undefined) yield `zone/${zone}/interval`;
  }
  for (const [door, { flags, operatorUntilMonoMs, alarm }] of doors) {
    if (alarm !== 'none') yield `door/${door}/alarm`;
    if (operatorUntilMonoMs !== undefined) yield `door/${door}/operator-until`;
    for (const level of ['emergency', 'operator'] as const) {
      if (flags[level] !== undefined) yield `door/${door}/${level}`;
    }
  }
  for (const list of new Set(running.map((one) => one.list))) yield `${list}/running`;
  for (const zone of alarmedZones) yield `zone/${zone}/alarm`;
  if (fire !== 'off') yield 'fire';
  for (const [key, { untilMonoMs }] of lockouts) {
    if (untilMonoMs !== undefined) yield `lockout/${key}`;
  }
}
