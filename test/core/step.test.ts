import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nextWakeMs, step } from '../../src/core/controller.js';
import type { Effect } from '../../src/core/effects.js';
import type { AccessRequested, DoorCommand, Event } from '../../src/core/events.js';
import type { Actor, Instant, Site, UserFacts } from '../../src/core/model.js';
import { emptyState } from '../../src/core/restore.js';
import type { State } from '../../src/core/state.js';
import { membersOf, siteOf, standing, withContact, zoneOf } from '../site/scene.js';

const day = [{ fromMinute: 480, toMinute: 1_020 }];
const office = { id: 'office', name: 'office', week: Array.from({ length: 7 }, () => day), holidays: {} };
const soft = zoneOf({
  id: 2,
  name: 'lab',
  type: 'soft',
  resetSeconds: 60,
  members: membersOf('lobby-in', 'garage-out'),
});
const full = standing({
  timeZone: 'Europe/Berlin',
  schedules: [office],
  zones: [zoneOf({ bypassGroups: ['guards'] }), soft],
  lobby: { ...withContact, onStorageFailure: 'grant-degraded' },
  garage: { hasContact: true, holdOpenSchedule: 'office' },
  accessRights: [{ id: 'hours', name: 'hours', doors: [{ door: 'lobby', schedule: 'office' }] }],
});
const sites: readonly Site[] = [
  siteOf(full),
  siteOf({ ...full, zones: [soft] }),
  siteOf({
    ...full,
    doors: full.doors.slice(1),
    readers: [],
    zones: [zoneOf({ members: membersOf('lobby-in') })],
  }),
];
const first: Site = siteOf(full);

const among = (...known: readonly string[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...known) }, fc.string());
const door = among('lobby', 'garage', '__proto__');
const reader = among('lobby-in', 'lobby-out', 'garage-in', 'garage-out');
const user = among('ann', 'bob');
const zone = fc.constantFrom(1, 2, 3, 4_294_967_295);
const request = fc.option(fc.string(), { nil: undefined });
const by: fc.Arbitrary<Actor> = fc.oneof(
  fc.record({ kind: fc.constant('reader' as const), reader }),
  fc.record({ kind: fc.constant('source' as const), source: fc.string(), address: fc.string() }),
  fc.record({ kind: fc.constant('operator' as const), operator: fc.string() }),
  fc.constant({ kind: 'system' as const }),
);
const ms = fc.integer({ min: -100 * 31_557_600_000, max: 200 * 31_557_600_000 });
const facts: fc.Arbitrary<UserFacts> = fc.record(
  {
    id: user,
    name: fc.string(),
    enabled: fc.boolean(),
    credentialEnabled: fc.constantFrom(true, true, false),
    validFromMs: ms,
    validUntilMs: ms,
    groups: fc.subarray(['guards', 'gone']),
    accessRights: fc.subarray(['everywhere', 'hours', 'gone'], { minLength: 1 }),
    extendedUnlock: fc.boolean(),
    supervisor: fc.boolean(),
  },
  {
    requiredKeys: [
      ...(['id', 'name', 'enabled', 'credentialEnabled', 'groups', 'accessRights'] as const),
      ...(['extendedUnlock', 'supervisor'] as const),
    ],
  },
);

type WithoutAt<E> = E extends Event ? Omit<E, 'at'> : never;
type Told = WithoutAt<Event>;

const access = fc.record(
  {
    kind: fc.constant('access-requested' as const),
    door,
    credential: fc.record({ kind: fc.constantFrom('card', 'pin', 'code'), label: fc.string() }),
    by,
    reader,
    user: facts,
    request: fc.string(),
    refused: fc.constantFrom('no-code', 'bad-mode', 'unknown-reader', 'source-not-allowed'),
    claimed: fc.record({ name: fc.string(), unlockType: fc.string() }, { requiredKeys: [] }),
  },
  { requiredKeys: ['kind', 'door', 'credential', 'by'] },
) as fc.Arbitrary<Omit<AccessRequested, 'at'>>;
const command = fc.record({
  kind: fc.constant('door-command' as const),
  door,
  command: fc.constantFrom('release', 'lock', 'unlock', 'normal'),
  level: fc.constantFrom('operator', 'emergency'),
  by,
  request,
}) as fc.Arbitrary<Omit<DoorCommand, 'at'>>;
const several = fc.record({
  kind: fc.constant('door-commands' as const),
  doors: fc.array(door),
  command: fc.constantFrom('lock' as const, 'unlock' as const, 'normal' as const),
  level: fc.constantFrom('operator' as const, 'emergency' as const),
  by,
  request,
});
const active = fc.boolean();
const text = fc.string();
const is = <K extends string>(kind: K) => fc.constant(kind);
const told = fc.oneof(
  { weight: 8, arbitrary: access },
  { weight: 2, arbitrary: command },
  { weight: 1, arbitrary: several },
  { weight: 4, arbitrary: fc.record({ kind: is('contact'), door, open: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: is('committed'), through: fc.integer({ min: 0, max: 40 }) }) },
  fc.record({ kind: is('rex'), door, active }),
  fc.record({ kind: is('fire'), active }),
  fc.record({ kind: is('fire-reset'), by, request }),
  fc.record({ kind: is('clear-zone'), zone, users: fc.oneof(is('all'), fc.array(user)), by, request }),
  fc.record({ kind: is('set-zone-alarm'), zones: fc.array(zone), alarmed: active, by, request }),
  fc.record({ kind: is('site-changed'), site: fc.constantFrom(...sites), forgottenUsers: fc.array(user) }),
  fc.record({ kind: is('unreadable'), reader, fault: text, bits: fc.nat() }),
  fc.record({ kind: is('tamper'), reader, active }),
  fc.record({
    kind: is('learning'),
    reader,
    phase: fc.constantFrom('armed' as const, 'stopped' as const, 'read' as const),
    detail: fc.constant({}),
  }),
  fc.record({ kind: is('storage-failed'), error: text }),
  fc.record({ kind: is('storage-recovered'), rowsLost: fc.nat() }),
  fc.record({ kind: is('clock-stepped'), expectedWallMs: ms }),
  fc.record({ kind: is('output-failed'), door, error: text }),
  fc.record({ kind: is('input-fault'), line: text, fault: text }),
  fc.record({ kind: is('storage-fault'), fault: text }),
  fc.record({ kind: is('web-restarted'), error: text }),
  fc.record({ kind: is('started'), version: text }),
  fc.record({ kind: is('stopping'), cause: text }),
  fc.record({ kind: is('tick') }),
) as fc.Arbitrary<Told>;
const story = fc.array(
  fc.record({
    told,
    afterMs: fc.oneof(fc.nat(3_000), fc.nat(100_000), fc.constant(0)),
    wallMs: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, ms),
    trust: fc.constantFrom('ntp', 'ntp', 'rtc', 'saved', 'unset') as fc.Arbitrary<Instant['trust']>,
  }),
  { maxLength: 40, size: 'max' },
);
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

interface Turned {
  readonly before: State;
  readonly event: Event;
  readonly state: State;
  readonly effects: readonly Effect[];
}

function tell(lines: Story): readonly Turned[] {
  let site = first;
  let state = emptyState(site, 'boot-1');
  let monoMs = 1_000;
  return lines.map((line) => {
    monoMs += line.afterMs;
    const wallMs = line.wallMs ?? Date.UTC(2026, 2, 2, 7) + monoMs;
    const event = { ...line.told, at: { monoMs, wallMs, trust: line.trust } } as Event;
    const before = state;
    const done = step(site, before, event);
    if (event.kind === 'site-changed') site = event.site;
    state = done.state;
    const wake = nextWakeMs(state, event.at);
    assert.ok(wake === undefined || Number.isFinite(wake));
    return { before, event, ...done };
  });
}

describe('step', () => {
  it('is total and deterministic: whatever it is told, it never throws, and tells the same twice', () => {
    fc.assert(
      fc.property(story, (lines) => {
        assert.deepEqual(tell(lines), tell(lines));
      }),
      { numRuns: 400 },
    );
  });

  it('changes nothing it was given', () => {
    fc.assert(
      fc.property(story, (lines) => {
        let site = first;
        let state = emptyState(site, 'boot-1');
        for (const { event } of tell(lines)) {
          const copy = structuredClone(state);
          const next = step(site, state, event).state;
          assert.deepEqual(state, copy);
          if (event.kind === 'site-changed') site = event.site;
          state = next;
        }
      }),
      { numRuns: 100 },
    );
  });

  it('numbers its commits without gap and dates each row with the event', () => {
    fc.assert(
      fc.property(story, (lines) => {
        let last = 0;
        for (const { event, effects } of tell(lines)) {
          for (const effect of effects) {
            if (effect.kind !== 'commit') continue;
            last += 1;
            assert.equal(effect.commit.id, last);
            for (const row of effect.commit.rows) assert.equal(row.at, event.at);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('moves a relay only when it changes, and tells of it in a row', () => {
    fc.assert(
      fc.property(story, (lines) => {
        for (const { before, state, effects } of tell(lines)) {
          const rows = effects.flatMap((effect) => (effect.kind === 'commit' ? effect.commit.rows : []));
          for (const effect of effects) {
            if (effect.kind !== 'unlock' && effect.kind !== 'lock') continue;
            const unlocked = effect.kind === 'unlock';
            assert.equal(before.doors.get(effect.door)?.unlocked, !unlocked);
            assert.equal(state.doors.get(effect.door)?.unlocked, unlocked);
            assert.ok(rows.some((row) => row.kind === `${effect.kind}ed` && row.door === effect.door));
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('answers each request at most once, and all of them once the disk has caught up', () => {
    fc.assert(
      fc.property(story, (lines) => {
        const named = lines.map((line, i) => ({ ...line, told: withRequest(line.told, `request-${i}`) }));
        const turned = tell(named);
        const last = turned.at(-1);
        if (last === undefined) return;
        const event: Event = { kind: 'committed', at: last.event.at, through: last.state.nextCommit };
        const caughtUp = step(first, last.state, event);
        const effects = [...turned.flatMap((one) => one.effects), ...caughtUp.effects];
        const answered = effects.flatMap((effect) => (effect.kind === 'answer' ? [effect.request] : []));
        const asked = named.flatMap((line) => requestOf(line.told));
        assert.deepEqual([...answered].sort(), [...asked].sort());
      }),
      { numRuns: 300 },
    );
  });
});

const asks = [
  'access-requested',
  'door-command',
  'door-commands',
  'fire-reset',
  'clear-zone',
  'set-zone-alarm',
];

function withRequest(told: Told, request: string): Told {
  return asks.includes(told.kind) ? ({ ...told, request } as Told) : told;
}

function requestOf(told: Told): readonly string[] {
  return 'request' in told && told.request !== undefined ? [told.request] : [];
}
