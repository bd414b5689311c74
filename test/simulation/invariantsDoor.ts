/** I1 to I10: life safety, and locks that open for a cause and close again. */
import type { UnlockCause } from '../../src/core/effects.js';
import type { Event } from '../../src/core/events.js';
import type { Json } from '../../src/core/log.js';
import type { Door } from '../../src/core/model.js';
import type { State } from '../../src/core/state.js';
import { restoreState, step } from './core.js';
import { storedOf } from './disk.js';
import { LOCKOUT_MS } from './ledger.js';
import { causeOf } from './shadow.js';
import { always, type Invariant, type View } from './view.js';
import { bootOf } from './world.js';

/** Tolerance of the simulated timers. */
const EPS_MS = 50;

/** A check of each door after each step. */
function eachDoor(check: (view: View, door: Door) => string | undefined): (view: View) => string | undefined {
  return (view) => {
    if (view.kind !== 'step') return undefined;
    for (const door of view.world.site.doors.values()) {
      const problem = check(view, door);
      if (problem !== undefined) return `${door.id}: ${problem}`;
    }
    return undefined;
  };
}

const fire = always(
  'I1',
  'Fire: while the fire input is active or not reset by hand, each door with unlockOnFire is unlocked in the same ' +
    'step, whatever stands; also after a restart. (Within 200 ms of the input: the hardware tests.)',
  eachDoor((view, door) => {
    const { fire: state } = view.world.shadow;
    if (state === 'off' || !door.unlockOnFire || view.world.unlocked.has(door.id)) return undefined;
    return `locked while fire is ${state}`;
  }),
);

const rex = always(
  'I2',
  'REX: while pressed, and for at least the configured time from the press, the door is unlocked, and neither ' +
    'closing, storage, lockdown nor clock cuts it short.',
  eachDoor((view, door) => {
    const state = view.world.shadow.doors.get(door.id);
    const open = state !== undefined && (state.rexPressed || state.rexUntilMonoMs > view.at.monoMs);
    return open && !view.world.unlocked.has(door.id) ? 'locked during a request to exit' : undefined;
  }),
);

const hardware = always(
  'I3',
  'Independence: at a stop the modelled wiring lets every relay fall, so that a fail-safe lock is open and a button in ' +
    'the lock supply frees any other; the core must not count on a level that outlives it. (Nothing of this lies in ' +
    'the core: the mock board that keeps levels, the outputs-safe helper, and the configuration checker that refuses ' +
    'a maglock without a confirmed button.)',
  ({ kind, world }) =>
    kind === 'restart' && world.unlocked.size > 0 ? 'a relay kept its level over the stop' : undefined,
);

/** Every so many steps the other branch is tried: what if somebody pressed the button, or fire broke out, now? */
const PROBE_EVERY = 16;

const egress = always(
  'I4',
  'Egress in every state: from any state reached, a request to exit at any door opens it in that very step, and so ' +
    'does fire where the door follows fire (tried on a branch of the state at every 16th step).',
  (view) => {
    const { world, at } = view;
    if (view.kind !== 'step' || world.steps % PROBE_EVERY !== 0) return undefined;
    for (const door of world.site.doors.values()) {
      const events: Event[] = [{ kind: 'rex', at, door: door.id, active: true }];
      if (door.unlockOnFire) events.push({ kind: 'fire', at, active: true });
      for (const event of events) {
        if (world.unlocked.has(door.id)) continue;
        const { effects } = step(world.site, world.state, event);
        const opened = effects.some((effect) => effect.kind === 'unlock' && effect.door === door.id);
        if (!opened) return `${event.kind} does not open ${door.id}`;
      }
    }
    return undefined;
  },
);

const start = always('I5', 'Start: from the start to the first cause no relay is told to unlock.', (view) => {
  if (view.kind !== 'step' || view.event === undefined) return undefined;
  const { world, at } = view;
  const greeting = view.event.kind === 'started' || view.event.kind === 'contact';
  const opened = view.effects.find((effect) => effect.kind === 'unlock');
  if (!greeting || opened?.kind !== 'unlock') return undefined;
  const door = world.site.doors.get(opened.door);
  return door !== undefined && causeOf(world.shadow, door, at) === undefined
    ? `${door.id} unlocked at the start`
    : undefined;
});

const cause = always(
  'I6',
  'No unlock without a cause: a relay is told to unlock only while fire, a standing command, a request to exit, or ' +
    'the pulse of a durable grant or a release is in force; and while one is, the lock is open.',
  eachDoor((view, door) => {
    const why = causeOf(view.world.shadow, door, view.at);
    const open = view.world.unlocked.has(door.id);
    const named = view.effects.find((effect) => effect.kind === 'unlock' && effect.door === door.id);
    if (named?.kind === 'unlock' && why === undefined) return 'unlocked without a cause';
    if (named?.kind === 'unlock' && why !== undefined && named.cause !== nameOf(view, door, why))
      return `unlocked for ${why}, and the log says ${named.cause}`;
    return why !== undefined && !open ? `locked in spite of ${why}` : undefined;
  }),
);

/** What the cause is called in the log. */
function nameOf(view: View, door: Door, why: 'fire' | 'standing' | 'rex' | 'pulse'): UnlockCause {
  if (why === 'pulse') return view.event?.kind === 'door-command' ? 'release' : 'grant';
  if (why !== 'standing') return why;
  const { emergency, operator } = view.world.shadow.ledger.flags.get(door.id) ?? {};
  if (emergency !== undefined) return 'emergency';
  return operator === undefined ? 'schedule' : 'operator';
}

const bounded = always(
  'I7',
  'Bounded: 50 ms after its last cause ends at the latest the lock is locked; a later cause counts from itself and ' +
    'never adds up.',
  ({ world, at, kind }) => {
    for (const door of world.site.doors.values()) {
      if (!world.unlocked.has(door.id)) continue;
      const { wallMs, monoMs, trust } = at;
      const lenient = kind === 'wait' ? EPS_MS : 0;
      const earlier = { monoMs: monoMs - lenient, wallMs: wallMs - lenient, trust };
      if (causeOf(world.shadow, door, earlier) === undefined && causeOf(world.shadow, door, at) === undefined)
        return `${door.id} still unlocked at ${monoMs} after its last cause`;
    }
    return undefined;
  },
);

const crash = always(
  'I8',
  'Crash: when the core starts again every relay is locked, and nothing it held opens one. (That a dead process ' +
    'leaves no relay energised for more than a second: the unit and the outputs-safe helper, and the mock board ' +
    'that keeps levels.)',
  (view) =>
    view.kind === 'restart' && [...view.world.state.doors.values()].some((door) => door.unlocked)
      ? 'the restored state believes a lock is open'
      : undefined,
);

const noReplay: Invariant = {
  id: 'I9',
  text: 'No replay: a lock opens for a grant only if this run of the core decided that grant; none is repeated from the log.',
  watch: () => {
    let granted = new Set<string>();
    return (view) => {
      if (view.kind === 'restart') granted = new Set();
      for (const { row } of view.rows) if (row.kind === 'access-granted') granted.add(row.door ?? '');
      const replayed = view.effects.find(
        (effect) => effect.kind === 'unlock' && effect.cause === 'grant' && !granted.has(effect.door),
      );
      return replayed === undefined ? undefined : 'a grant of an earlier run opened a lock';
    };
  },
};

const links = new Set<Event['kind']>([
  'web-restarted',
  'input-fault',
  'output-failed',
  'tamper',
  'unreadable',
  'storage-recovered',
  'stopping',
]);

const noLink = always(
  'I10',
  'Links are no cause: the return of a line, the web thread or storage unlocks nothing. (Reader and network links: ' +
    'their own tests.)',
  (view) => {
    if (view.event === undefined || !links.has(view.event.kind)) return undefined;
    const pulsed = view.effects.find((effect) => effect.kind === 'unlock');
    if (pulsed?.kind !== 'unlock' || view.foretold?.opened.some(({ door }) => door === pulsed.door))
      return undefined;
    return `${view.event.kind} unlocked ${pulsed.door}`;
  },
);

/** What a spoilt disk might hand back. */
const garbage: readonly (readonly [string, Json])[] = [
  ['fire', 17],
  ['door/door0/emergency', 'ajar'],
  ['door/door0/operator', { locked: true }],
  ['door//operator', 'unlocked'],
  ['door/nowhere/emergency', 'unlocked'],
  ['lockout/in0', 'soon'],
  ['lockout/', null],
  ['lockout/in0', { boot: 'boot1', untilMonoMs: '9' }],
  ['lockout/out0', []],
  ['lockout/side0', { boot: 'boot1', untilMonoMs: 1e300 }],
  ['zone/1/alarm', 'loud'],
  ['zone/x/alarm', true],
  ['__proto__', { unlocked: true }],
  ['', ''],
];

function tryRestore(...given: Parameters<typeof restoreState>): State | undefined {
  try {
    return restoreState(...given);
  } catch {
    return undefined;
  }
}

const recovery = always(
  'I25',
  'Recovery: restoreState takes any facts, passages of no door and records of no zone without a throw; no lock opens ' +
    'for them, no pause is longer than a pause, and REX still opens. (Ready within 10 s from a spoilt database: the storage tests.)',
  (view) => {
    if (view.kind !== 'restart') return undefined;
    const { world, at } = view;
    const boot = bootOf(world);
    const stored = storedOf(world.disk, boot);
    const facts = new Map([...[...stored.facts].filter(([key]) => key.startsWith('lockout/')), ...garbage]);
    const stray = { id: 'x', door: 'nowhere', reader: 'ghost', user: 'nobody', userName: '', excused: [] };
    const passages = [...stored.passages, { ...stray, boot, deadlineMonoMs: Number.POSITIVE_INFINITY }];
    const state = tryRestore(world.site, { ...stored, facts, passages }, at);
    if (state === undefined) return 'restoreState throws on spoilt facts';
    const begun = step(world.site, state, { kind: 'tick', at });
    const opened = begun.effects.find((effect) => effect.kind === 'unlock');
    if (opened !== undefined) return 'a lock opened for spoilt facts';
    const longest = Math.max(0, ...[...state.lockouts.values()].map(({ untilMonoMs }) => untilMonoMs ?? 0));
    if (longest > at.monoMs + LOCKOUT_MS) return 'a spoilt fact closes a reader for longer than any pause';
    for (const door of world.site.doors.keys()) {
      const { effects } = step(world.site, begun.state, { kind: 'rex', at, door, active: true });
      if (!effects.some((effect) => effect.kind === 'unlock')) return `REX does not open ${door}`;
    }
    return undefined;
  },
);

export const doorInvariants: readonly Invariant[] = [
  fire,
  rex,
  hardware,
  egress,
  start,
  cause,
  bounded,
  crash,
  noReplay,
  noLink,
  recovery,
];
