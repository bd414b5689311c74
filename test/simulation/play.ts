/** What each move does in the simulated world. */
import type { AccessRequested } from '../../src/core/events.js';
import type { Actor } from '../../src/core/model.js';
import { changedRow, enqueue, land, setMode } from './disk.js';
import type { Move } from './moves.js';
import { at } from './random.js';
import { applyEdit } from './town.js';
import { bootOf, deliver, endWriting, now, restart, type World, wait } from './world.js';

const operator: Actor = { kind: 'operator', operator: 'op' };
const source: Actor = { kind: 'source', source: 'gate', address: '192.0.2.7' };

/** Carries out one move. Throws what the invariants throw. */
export function play(world: World, move: Move): void {
  switch (move.do) {
    case 'swipe':
      swipe(world, move);
      return;
    case 'card-and-pin':
      swipe(world, { ...move, pin: false, asked: false });
      wait(world, move.afterMs, 0);
      swipe(world, { ...move, user: move.typed, pin: true, asked: true });
      return;
    case 'walk':
      walk(world, move);
      return;
    case 'open-door':
      openDoor(world, move);
      return;
    case 'hostile':
      provoke(world, move);
      return;
    case 'leaf':
      moveLeaf(world, move);
      return;
    case 'wait':
      wait(world, move.ms, move.lateMs);
      return;
    case 'crash':
      crash(world, move);
      return;
    case 'disk':
      changeDisk(world, move);
      return;
    case 'edit':
      edit(world, move);
      return;
    case 'noise':
      for (let i = 0; i < move.count; i += 1) makeNoise(world, move);
      return;
    default:
      tellMove(world, move);
  }
}

type Told = Exclude<
  Move,
  {
    do:
      | 'swipe'
      | 'card-and-pin'
      | 'walk'
      | 'open-door'
      | 'hostile'
      | 'leaf'
      | 'wait'
      | 'crash'
      | 'disk'
      | 'edit'
      | 'noise';
  }
>;

/** Moves that tell the core one thing. */
function tellMove(world: World, move: Told): void {
  const doors = [...world.site.doors.keys()];
  switch (move.do) {
    case 'rex': {
      const door = at(doors, move.door);
      if (move.active) world.rexPressed.add(door);
      else world.rexPressed.delete(door);
      deliver(world, { kind: 'rex', at: now(world), door, active: move.active });
      return;
    }
    case 'fire':
      world.fireActive = move.active;
      deliver(world, { kind: 'fire', at: now(world), active: move.active });
      return;
    case 'fire-reset':
      deliver(world, { kind: 'fire-reset', at: now(world), by: operator, request: nextRequest(world) });
      return;
    case 'command': {
      const { command, level, others } = move;
      const door = at(doors, move.door);
      const common = { at: now(world), level, by: operator, request: nextRequest(world) };
      if (others === undefined || command === 'release') {
        deliver(world, { ...common, kind: 'door-command', door, command });
        return;
      }
      const all = [door, ...others.map((other) => at(doors, other))];
      deliver(world, { ...common, kind: 'door-commands', doors: all, command });
      return;
    }
    case 'clear':
    case 'alarm':
      tellZone(world, move);
      return;
    case 'clock': {
      const expectedWallMs = now(world).wallMs;
      world.wallMinusMonoMs += move.byMs;
      world.trust = move.trust;
      deliver(world, { kind: 'clock-stepped', at: now(world), expectedWallMs });
      return;
    }
    case 'fault':
      fault(world, move.what);
  }
}

function tellZone(world: World, move: Extract<Move, { do: 'clear' | 'alarm' }>): void {
  const zones = [...world.site.zones.keys()];
  const zone = zones.length === 0 ? 77 : at(zones, move.zone);
  const common = { at: now(world), by: operator, request: nextRequest(world) };
  if (move.do === 'alarm') {
    deliver(world, { ...common, kind: 'set-zone-alarm', zones: [zone], alarmed: move.alarmed });
    return;
  }
  const { users } = move;
  const ids = users === 'all' ? users : [...new Set(users.map((user) => at(world.disk.users, user).id))];
  deliver(world, { ...common, kind: 'clear-zone', zone, users: ids });
}

function fault(world: World, what: number): void {
  const doors = [...world.site.doors.keys()];
  const readers = [...world.site.readers.keys()];
  const common = { at: now(world) };
  const faults = [
    () => deliver(world, { ...common, kind: 'tamper', reader: at(readers, what), active: true }),
    () => deliver(world, { ...common, kind: 'output-failed', door: at(doors, what), error: 'no such line' }),
    () => deliver(world, { ...common, kind: 'input-fault', line: 'gpio5', fault: 'stuck' }),
    () => deliver(world, { ...common, kind: 'web-restarted', error: 'out of memory' }),
    () => deliver(world, { ...common, kind: 'stopping', cause: 'SIGTERM' }),
  ];
  at(faults, what)();
}

function nextRequest(world: World): string {
  world.requests += 1;
  return `request${world.requests}`;
}

/** Decisions wait while a change of the site is on its way to the disk; the user is looked up when they are made. */
function ask(world: World, make: () => Omit<AccessRequested, 'kind' | 'at'>): void {
  const tell = (): void => deliver(world, { kind: 'access-requested', at: now(world), ...make() });
  if (world.writing) world.held.push(tell);
  else tell();
}

function swipe(world: World, move: { user: number; reader: number; pin: boolean; asked: boolean }): void {
  const reader = at([...world.site.readers.values()], move.reader);
  const request = move.asked ? { request: nextRequest(world) } : {};
  ask(world, () => ({
    door: reader.door,
    reader: reader.id,
    credential: { kind: move.pin ? 'pin' : 'card', label: move.pin ? '••••' : '••••4822' },
    user: at(world.disk.users, move.user),
    by: { kind: 'reader', reader: reader.id },
    ...request,
  }));
}

function walk(world: World, move: { user: number; reader: number }): void {
  swipe(world, { ...move, pin: false, asked: false });
  wait(world, 120, 0);
  const door = at([...world.site.readers.values()], move.reader).door;
  const index = [...world.site.doors.keys()].indexOf(door);
  moveLeaf(world, { door: index, open: true, force: false, bounces: 0 });
  wait(world, 700, 0);
  moveLeaf(world, { door: index, open: false, force: false, bounces: 0 });
}

/** An OpenDoor request: it stands for a reader, or comes without a direction. */
function openDoor(world: World, move: { user: number; door: number; reader: number }): void {
  const readers = [...world.site.readers.values()];
  const reader = move.reader < 10 ? at(readers, move.reader) : undefined;
  const door = reader?.door ?? at([...world.site.doors.keys()], move.door);
  const request = nextRequest(world);
  ask(world, () => ({
    door,
    ...(reader === undefined ? {} : { reader: reader.id }),
    credential: { kind: 'code', label: 'code' },
    user: at(world.disk.users, move.user),
    by: source,
    request,
    claimed: { name: '=cmd()', unlockType: 'Card' },
  }));
}

/** Requests that name what is not there, or that the edge has refused already. */
function provoke(world: World, move: Extract<Move, { do: 'hostile' }>): void {
  const reader = at([...world.site.readers.values()], move.reader);
  const credential = { kind: 'card', label: '••••0000' } as const;
  const user = () => at(world.disk.users, move.user);
  const by: Actor = { kind: 'reader', reader: reader.id };
  const door = reader.door;
  switch (move.what) {
    case 'unknown-card':
      ask(world, () => ({ door, reader: reader.id, credential, by }));
      return;
    case 'unknown-door':
      ask(world, () => ({ door: 'nowhere', reader: reader.id, credential, by, user: user() }));
      return;
    case 'unknown-reader':
      ask(world, () => ({ door, reader: 'ghost', credential, by, user: user() }));
      return;
    case 'no-direction':
      ask(world, () => ({ door, credential, by: source, user: user(), request: nextRequest(world) }));
      return;
    case 'unknown-zone':
      deliver(world, {
        kind: 'clear-zone',
        at: now(world),
        zone: 4_000_000_000,
        users: 'all',
        by: operator,
        request: nextRequest(world),
      });
      return;
    case 'unknown-door-parts':
      deliver(world, { kind: 'contact', at: now(world), door: 'nowhere', open: true });
      deliver(world, { kind: 'rex', at: now(world), door: 'nowhere', active: true });
      deliver(world, {
        kind: 'door-command',
        at: now(world),
        door: 'nowhere',
        command: 'unlock',
        level: 'emergency',
        by: operator,
      });
      deliver(world, { kind: 'unreadable', at: now(world), reader: 'ghost', fault: 'parity', bits: 27 });
      return;
    default: {
      const refused = move.what === 'refused-reader' ? 'unknown-reader' : move.what;
      ask(world, () => ({
        door,
        reader: reader.id,
        credential,
        by: source,
        refused,
        request: nextRequest(world),
        ...(move.user % 2 === 0 ? { user: user() } : {}),
      }));
    }
  }
}

function makeNoise(world: World, move: { reader: number; cards: boolean }): void {
  const reader = at([...world.site.readers.values()], move.reader);
  if (!move.cards) {
    deliver(world, { kind: 'unreadable', at: now(world), reader: reader.id, fault: 'length', bits: 27 });
    return;
  }
  const credential = { kind: 'card', label: '••••9999' } as const;
  ask(world, () => ({
    door: reader.door,
    reader: reader.id,
    credential,
    by: { kind: 'reader', reader: reader.id },
  }));
}

/** A leaf moves if nothing holds it. Only doors with a contact tell of it. */
function moveLeaf(
  world: World,
  move: { door: number; open: boolean; force: boolean; bounces: number },
): void {
  const door = at([...world.site.doors.values()], move.door);
  if (move.open && !move.force && !world.unlocked.has(door.id)) return;
  const levels = [move.open];
  for (let i = 0; i < move.bounces; i += 1) levels.push(!move.open, move.open);
  for (const [i, open] of levels.entries()) {
    if (i > 0) wait(world, 2, 0);
    if (open) world.leavesOpen.add(door.id);
    else world.leavesOpen.delete(door.id);
    if (door.hasContact) deliver(world, { kind: 'contact', at: now(world), door: door.id, open });
  }
}

function edit(world: World, move: Extract<Move, { do: 'edit' }>): void {
  const { disk } = world;
  if (world.writing || disk.mode === 'failed') return;
  const edited = applyEdit(disk.site, disk.users, move.edit);
  world.writing = true;
  const row = changedRow(now(world));
  const noted = { row, boot: bootOf(world), run: world.run, commit: 0, trueMs: world.trueMs };
  enqueue(disk, { kind: 'write', edited, row: noted, dueMonoMs: world.monoMs + disk.delayMs });
}

function changeDisk(world: World, move: Extract<Move, { do: 'disk' }>): void {
  const { disk } = world;
  const before = disk.mode;
  setMode(disk, move.mode, move.delayMs, world.monoMs);
  if (move.mode === 'failed') {
    disk.queue = disk.queue.filter(({ kind }) => kind !== 'write');
    // A failed fsync leaves it unknown what is on the disk: some of it may be.
    land(disk, move.landed);
    deliver(world, { kind: 'storage-failed', at: now(world), error: 'EIO' });
    if (world.writing) endWriting(world);
  }
  if (before === 'failed' && move.mode !== 'failed')
    deliver(world, { kind: 'storage-recovered', at: now(world), rowsLost: move.landed });
}

/** The core dies; what it had not made durable is gone, what landed unheard stays. */
function crash(world: World, move: Extract<Move, { do: 'crash' }>): void {
  land(world.disk, move.landed);
  setMode(world.disk, 'ok', 1, world.monoMs);
  const wallBeforeMs = now(world).wallMs;
  world.trueMs += move.downMs;
  if (move.boot === 'same') world.monoMs += move.downMs;
  else {
    world.bootNumber += 1;
    world.monoMs = 3_000;
    world.trust = move.trust;
    const kept = move.trust === 'ntp' || move.trust === 'rtc';
    world.wallMinusMonoMs = wallBeforeMs + (kept ? move.downMs : -60_000) - world.monoMs;
  }
  for (const [i, door] of [...world.site.doors.keys()].entries()) {
    if ((move.leavesMoved & (1 << i)) === 0) continue;
    // Without power only a fail-safe lock lets a closed leaf go.
    if (!world.leavesOpen.delete(door) && world.town.failSafeDoors.has(door)) world.leavesOpen.add(door);
  }
  restart(world, move.startedFirst);
}
