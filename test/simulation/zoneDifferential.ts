/**
 * The core against the naive model: random zones with any settings that combine, random reads and clears, and after
 * each the same answer and the same places. `node dist/test/simulation/zoneDifferential.js 1000000` for the long form.
 */
import { fileURLToPath } from 'node:url';
import type { Commit } from '../../src/core/effects.js';
import type { Event } from '../../src/core/events.js';
import type { Site, UserFacts, Zone } from '../../src/core/model.js';
import { emptyTrie, trieGet } from '../../src/core/trie.js';
import { type ZoneSurroundings, zoneFault } from '../../src/core/zoneFault.js';
import { defaultDoor, makeSite, restoreState, step } from './core.js';
import { type Random, randomFrom } from './random.js';
import { groupsOf, isSupervisor, ZoneModel } from './zoneModel.js';

const doors = ['a', 'b'];
const readers = doors.flatMap((door) => [`${door}-in`, `${door}-out`]);
const users = ['ann', 'bob', 'sue'];
const movesEach = 14;
const minuteMs = 60_000;

/** The first disagreement of a history; undefined = none. */
export function disagreement(seed: number): string | undefined {
  const random = randomFrom(seed);
  const zones = zonesOf(random);
  const site = siteOf(zones);
  const model = new ZoneModel(zones);
  let monoMs = 1_000_000;
  let state = restoreState(site, { boot: 'b', records: [], passages: [], facts: new Map() }, instant(monoMs));
  const told: string[] = [];
  const feed = (event: Event): readonly Commit[] => {
    const done = step(site, state, event);
    state = done.state;
    const commits = done.effects.flatMap((effect) => (effect.kind === 'commit' ? [effect.commit] : []));
    const through = commits.at(-1)?.id;
    if (through !== undefined) state = step(site, state, { kind: 'committed', at: event.at, through }).state;
    return commits;
  };
  for (let move = 0; move < movesEach; move += 1) {
    monoMs += random.below(40) * minuteMs;
    if (random.chance(0.12)) {
      const zone = random.pick(zones);
      const who = random.chance(0.4) ? ('all' as const) : [random.pick(users)];
      told.push(`clear ${who} ${zone.id}`);
      model.clear(zone, who);
      feed({ kind: 'clear-zone', at: instant(monoMs), zone: zone.id, users: who, by: { kind: 'system' } });
    } else {
      const [user, reader] = [random.pick(users), random.pick(readers)];
      const wanted = model.read(user, reader, monoMs, isSupervisor(user));
      const got = answerOf(feed(swipe(user, reader, monoMs)));
      told.push(`${monoMs / minuteMs} ${user} ${reader} -> ${got}`);
      if (wanted !== got) return complaint(zones, told, wanted);
    }
    for (const zone of zones) {
      for (const user of users) {
        const wanted = model.side(zone, user);
        const record = trieGet(state.records.get(zone.id) ?? emptyTrie(), user);
        const got = record?.marks?.includes('cleared') === true ? undefined : record?.direction;
        if (wanted !== got) return complaint(zones, told, `${user} ${wanted} in zone ${zone.id}, not ${got}`);
      }
    }
  }
  return undefined;
}

function complaint(zones: readonly Zone[], told: readonly string[], wanted: string): string {
  return `${JSON.stringify(zones)}\n${told.join('\n')}\nought to be: ${wanted}`;
}

function instant(monoMs: number) {
  return { monoMs, wallMs: 1_800_000_000_000 + monoMs, trust: 'ntp' } as const;
}

function swipe(user: string, reader: string, monoMs: number): Event {
  const facts: UserFacts = {
    ...{
      id: user,
      name: user,
      enabled: true,
      credentialEnabled: true,
      groups: groupsOf(user),
      accessRights: ['all'],
    },
    ...{ extendedUnlock: false, supervisor: isSupervisor(user) },
  };
  return {
    ...{ kind: 'access-requested', at: instant(monoMs), door: reader.slice(0, 1), reader, user: facts },
    ...{ credential: { kind: 'card', label: '' }, by: { kind: 'reader', reader } },
  };
}

function answerOf(commits: readonly Commit[]): string {
  const rows = commits.flatMap((commit) => commit.rows);
  const denied = rows.find(({ kind }) => kind === 'access-denied');
  if (denied !== undefined) return `denied ${denied.reason}`;
  const soft = rows.filter(({ kind }) => kind === 'passback-violation');
  const crowded = rows.filter(({ kind }) => kind === 'occupancy-violation');
  const words = [...soft, ...crowded].map(({ zone, detail }) => `${zone} ${detail?.['rule'] ?? 'passback'}`);
  return ['granted', ...words].join(', ');
}

/** One or two zones that can be stored; the second may lie in the first, and then has readers of its own. */
function zonesOf(random: Random): readonly Zone[] {
  for (;;) {
    const nested = random.chance(0.4);
    const outer = zoneOf(random, 1, nested ? ['a-in', 'a-out'] : readers);
    const inner = zoneOf(random, 2, nested ? ['b-in', 'b-out'] : readers);
    const zones = [outer, ...(nested ? [{ ...inner, inside: 1 }] : random.chance(0.5) ? [inner] : [])];
    const around: ZoneSurroundings = {
      ...{ doorOf: (reader) => reader.slice(0, 1), hasDoor: () => true, hasOutput: () => true },
      ...{ hasHardwareRex: () => true, zoneOf: (id) => zones.find((zone) => zone.id === id) },
    };
    if (zones.every((zone) => zoneFault(zone, around) === undefined)) return zones;
  }
}

function zoneOf(random: Random, id: number, of: readonly string[]): Zone {
  const maybe = <T extends object>(probability: number, settings: T): Partial<T> =>
    random.chance(probability) ? settings : {};
  const severities = ['none', 'soft', 'hard'] as const;
  const limit = () => random.pick(['soft', 'hard'] as const);
  const rule = random.chance(0.5) ? random.pick(['alternate', 'timed', 'route'] as const) : undefined;
  const mine = of.filter(() => of.length === 2 || random.chance(0.8));
  return {
    ...{ id, name: `zone ${id}`, disabled: random.chance(0.1) },
    bypassGroups: random.chance(0.1) ? [random.pick(['staff', 'guests'])] : [],
    type: random.pick(['hard', 'hard', 'soft', 'hard-everywhere', 'trap']),
    resetSeconds: random.pick([0, 0, 60, 3_600]),
    members: mine.map((reader) => ({ reader, direction: reader.endsWith('in') ? 'entry' : 'exit' })),
    ...(rule === undefined ? {} : { rule }),
    ...maybe(rule === 'timed' ? 0.6 : 0.02, { timedAt: random.pick(['same-reader', 'any-reader'] as const) }),
    ...maybe(rule === 'route' ? 0.6 : 0.02, { startAtFirst: random.chance(0.5) }),
    ...maybe(0.2, { check: random.pick(['both', 'entries', 'exits'] as const) }),
    ...maybe(0.15, { passback: random.pick(severities) }),
    ...maybe(0.25, { tailgate: random.pick(severities) }),
    ...maybe(0.15, { requireEntry: true }),
    ...maybe(0.1, { trackWhileDisabled: random.chance(0.5) }),
    ...maybe(0.1, { bypassUsers: ['bob'] }),
    ...maybe(0.25, {
      occupancy: {
        ...maybe(0.7, { max: { count: 1 + random.below(2), severity: limit() } }),
        ...maybe(0.4, { supervisorFirst: limit() }),
      },
    }),
  };
}

function siteOf(zones: readonly Zone[]): Site {
  const everywhere = doors.map((door) => ({ door, schedule: 'always' }));
  return makeSite({
    ...{ timeZone: 'UTC', untrustedClock: 'deny', storageDeadlineMs: 1_000 },
    doors: new Map(doors.map((door) => [door, defaultDoor(door, door, false)])),
    readers: new Map(
      readers.map((id) => [
        id,
        {
          id,
          name: id,
          door: id.slice(0, 1),
          direction: id.endsWith('in') ? ('entry' as const) : ('exit' as const),
        },
      ]),
    ),
    zones: new Map(zones.map((zone) => [zone.id, zone])),
    ...{ schedules: new Map(), holidays: new Map(), groups: new Map() },
    accessRights: new Map([['all', { id: 'all', name: 'all', doors: everywhere }]]),
  });
}

/** Histories from a seed on; the first disagreement, with its seed. */
export function compareHistories(from: number, count: number): string | undefined {
  for (let seed = from; seed < from + count; seed += 1) {
    const found = disagreement(seed);
    if (found !== undefined) return `seed ${seed}: ${found}`;
  }
  return undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const count = Number(process.argv[2] ?? 1_000_000);
  const found = compareHistories(1, count);
  process.stdout.write(`${found ?? `${count} histories, no disagreement`}\n`);
  process.exitCode = found === undefined ? 0 : 1;
}
