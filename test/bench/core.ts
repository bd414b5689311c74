/** (a) Decisions of the bare core with 1,000, 24,000 and 240,000 users holding zone records: does cost grow with users? */
import { step } from '../../src/core/controller.js';
import type { Event } from '../../src/core/events.js';
import type { Site, UserFacts } from '../../src/core/model.js';
import { restoreState } from '../../src/core/restore.js';
import { defaultDoor, makeSite } from '../../src/core/site.js';
import type { State } from '../../src/core/state.js';
import { printFigure, round, spreadOf } from './figures.js';

const DECISIONS = 100_000;

export function benchCore(): void {
  const rates: number[] = [];
  for (const users of [1_000, 24_000, 240_000]) {
    measure(users, 10_000);
    const { perSecond, spread } = measure(users, DECISIONS);
    rates.push(perSecond);
    printFigure({
      bench: 'core',
      users,
      decisions: DECISIONS,
      decisionsPerSecond: Math.round(perSecond),
      decisionUs: spread,
    });
  }
  const [few = 1, , many = 1] = rates;
  printFigure({ bench: 'core', ratio: 'cost at 240,000 users / at 1,000', value: round(few / many) });
}

function measure(users: number, decisions: number) {
  const site = siteOf();
  let state = stateOf(site, users);
  const times: number[] = [];
  const start = process.hrtime.bigint();
  for (let i = 0; i < decisions; i += 1) {
    const user = (i * 7_919) % users;
    // Everybody is recorded as inside: out and in again by turns, and every third try is a violation.
    const reader = i % 3 === 0 ? 'lobby-in' : Math.floor(i / users) % 2 === 0 ? 'lobby-out' : 'lobby-in';
    const before = process.hrtime.bigint();
    state = decide(site, state, user, reader, i);
    times.push(Number(process.hrtime.bigint() - before) / 1_000);
  }
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  return { perSecond: decisions / seconds, spread: spreadOf(times) };
}

/** One swipe and the confirmation of its commit: two steps. */
function decide(site: Site, state: State, user: number, reader: string, i: number): State {
  const at = { monoMs: 1_000_000 + i * 10, wallMs: 1_790_000_000_000 + i * 10, trust: 'ntp' } as const;
  const event: Event = {
    kind: 'access-requested',
    at,
    door: 'lobby',
    reader,
    credential: { kind: 'card', label: '••0001' },
    by: { kind: 'reader', reader },
    user: userOf(user),
  };
  const asked = step(site, state, event);
  return step(site, asked.state, { kind: 'committed', at, through: asked.state.nextCommit - 1 }).state;
}

function userOf(number: number): UserFacts {
  return {
    id: `user-${number}`,
    name: `User ${number}`,
    enabled: true,
    credentialEnabled: true,
    groups: ['staff'],
    accessRights: [],
    extendedUnlock: false,
    supervisor: false,
  };
}

function siteOf(): Site {
  const members = [
    { reader: 'lobby-in', direction: 'entry' },
    { reader: 'lobby-out', direction: 'exit' },
  ] as const;
  return makeSite({
    timeZone: 'UTC',
    doors: new Map([['lobby', defaultDoor('lobby', 'Lobby', false)]]),
    readers: new Map(
      members.map(({ reader, direction }) => [
        reader,
        { id: reader, name: reader, door: 'lobby', direction },
      ]),
    ),
    zones: new Map([
      [1, { id: 1, name: 'hq', type: 'hard', disabled: false, resetSeconds: 0, members, bypassGroups: [] }],
    ]),
    schedules: new Map(),
    holidays: new Map(),
    groups: new Map([['staff', { id: 'staff', name: 'Staff', accessRights: ['all'] }]]),
    accessRights: new Map([
      ['all', { id: 'all', name: 'All', doors: [{ door: 'lobby', schedule: 'always' }] }],
    ]),
    untrustedClock: 'deny',
    storageDeadlineMs: 1_000,
  });
}

function stateOf(site: Site, users: number): State {
  const at = { monoMs: 1_000, wallMs: 1_780_000_000_000, trust: 'ntp' } as const;
  const record = {
    direction: 'entry',
    reader: 'lobby-in',
    boot: 'b',
    monoMs: 1,
    wallMs: 1,
    trusted: true,
  } as const;
  const records = Array.from({ length: users }, (_, i) => ({
    zone: 1,
    user: `user-${i}`,
    record: { ...record },
  }));
  return restoreState(site, { boot: 'b', records, passages: [], facts: new Map() }, at);
}
