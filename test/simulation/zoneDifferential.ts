/**
 * The core against the naive model: random zones with any settings that combine, random reads and clears, and after
 * each the same answer and the same places. `node dist/test/simulation/zoneDifferential.js 1000000` for the long form.
 */
import { fileURLToPath } from 'node:url';
import type { Event } from '../../src/core/events.js';
import type { LogRow } from '../../src/core/log.js';
import type { Instant, Site, UserFacts, Zone } from '../../src/core/model.js';
import type { State } from '../../src/core/state.js';
import { emptyTrie, trieGet } from '../../src/core/trie.js';
import { type ZoneSurroundings, zoneFault } from '../../src/core/zoneFault.js';
import { defaultDoor, makeSite, restoreState, step } from './core.js';
import { type Random, randomFrom } from './random.js';
import { groupsOf, isSupervisor, ZoneModel } from './zoneModel.js';

const doors = ['a', 'b', 'm'];
const readers = ['a-in', 'a-out', 'b-in', 'b-out'];
/** The assembly point. */
const outside = 'm-in';
const users = ['ann', 'bob', 'sue'];
const movesEach = 14;
const minuteMs = 60_000;
const hourMs = 3_600_000;
/** About noon; in Berlin the clock goes forward, back, or neither within two days. */
const firstDays = [Date.UTC(2026, 2, 28, 11), Date.UTC(2026, 9, 24, 11), Date.UTC(2026, 5, 1, 11)];

/** The first disagreement of a history; undefined = none. */
export function disagreement(seed: number): string | undefined {
  const random = randomFrom(seed);
  const zones = zonesOf(random);
  const timeZone = random.pick(['UTC', 'Europe/Berlin']);
  const hasContact = random.chance(0.3);
  const history = new History(zones, siteOf(zones, timeZone, hasContact), random.pick(firstDays));
  for (let move = 0; move < movesEach; move += 1) {
    const found = history.move(random, hasContact) ?? history.misplaced();
    if (found !== undefined) return complaint(zones, history.told, found);
  }
  return undefined;
}

/** The core and the model told the same. */
class History {
  readonly told: string[] = [];
  readonly #zones: readonly Zone[];
  readonly #site: Site;
  readonly #model: ZoneModel;
  #monoMs = 1_000_000;
  /** Wall clock without the monotonic one. */
  #aheadMs: number;
  #state: State;

  constructor(zones: readonly Zone[], site: Site, firstMs: number) {
    this.#zones = zones;
    this.#site = site;
    this.#aheadMs = firstMs - this.#monoMs;
    this.#model = new ZoneModel(zones, site.timeZone, this.#monoMs);
    this.#state = restoreState(site, { boot: 'b', records: [], passages: [], facts: new Map() }, this.#at());
    this.#feed({ kind: 'started', at: this.#at(), version: '' });
    for (const { id, hasContact } of site.doors.values())
      if (hasContact) this.#feed({ kind: 'contact', at: this.#at(), door: id, open: false });
    this.#model.advance(this.#monoMs, this.#at().wallMs);
  }

  #at(): Instant {
    return { monoMs: this.#monoMs, wallMs: this.#monoMs + this.#aheadMs, trust: 'ntp' };
  }

  #feed(event: Event): readonly LogRow[] {
    const done = step(this.#site, this.#state, event);
    this.#state = done.state;
    const commits = done.effects.flatMap((effect) => (effect.kind === 'commit' ? [effect.commit] : []));
    const through = commits.at(-1)?.id;
    const rows = commits.flatMap((commit) => commit.rows);
    return through === undefined
      ? rows
      : [...rows, ...this.#feed({ kind: 'committed', at: event.at, through })];
  }

  /** One more thing happens; what the core makes of it that it should not. */
  move(random: Random, hasContact: boolean): string | undefined {
    this.#pass(random);
    const at = this.#at();
    const by = { kind: 'system' } as const;
    const zone = random.pick(this.#zones);
    const user = random.pick(users);
    if (random.chance(0.1)) {
      const who = random.chance(0.4) ? ('all' as const) : [user];
      this.told.push(`clear ${who} ${zone.id}`);
      this.#model.clear(zone, who);
      this.#feed({ kind: 'clear-zone', at, zone: zone.id, users: who, by });
      return undefined;
    }
    if (random.chance(0.05)) {
      const place = random.pick(['inside', 'outside'] as const);
      this.told.push(`assign ${user} ${place} ${zone.id}`);
      this.#model.place(zone, user, place === 'inside' ? 'entry' : 'exit', at.monoMs);
      const facts = { groups: groupsOf(user), supervisor: isSupervisor(user) };
      this.#feed({ kind: 'assign', at, zone: zone.id, user, place, facts, by });
      return undefined;
    }
    if (random.chance(0.1) && this.#zones.some(({ musterReaders }) => musterReaders !== undefined)) {
      this.told.push(`${user} at the assembly point`);
      this.#model.muster(user, outside, at.monoMs);
      this.#feed(swipe(user, outside, at));
      return undefined;
    }
    return this.#read(user, random.pick(readers), !hasContact || random.chance(0.7), hasContact);
  }

  #read(user: string, reader: string, opens: boolean, hasContact: boolean): string | undefined {
    const at = this.#at();
    const door = reader.slice(0, 1);
    const waits = hasContact && door === 'a';
    const wanted = this.#model.read(user, reader, at.monoMs, opens || !waits);
    const got = answersOf(this.#feed(swipe(user, reader, at)));
    this.told.push(
      `${at.monoMs / minuteMs} ${new Date(at.wallMs).toISOString()} ${user} ${reader} -> ${got}`,
    );
    if (wanted !== got) return wanted;
    if (!waits) return undefined;
    if (opens) {
      const rows = [true, false].flatMap((open) => this.#feed({ kind: 'contact', at, door, open }));
      const late = rows.find(({ kind }) => kind === 'passback-violation');
      return late === undefined ? undefined : 'no violation at the opening';
    }
    this.told.push('  and does not go');
    this.#wait(minuteMs);
    return undefined;
  }

  /** Time passes, and sometimes the wall clock is set. */
  #pass(random: Random): void {
    this.#wait(random.chance(0.4) ? 0 : random.below(40) * minuteMs);
    if (random.chance(0.04)) this.#wait(random.below(30) * hourMs);
    if (!random.chance(0.05)) return;
    const expectedWallMs = this.#at().wallMs;
    this.#aheadMs += random.pick([-50, -25, -3, -1, 1, 3, 25, 50]) * hourMs;
    const at = this.#at();
    this.told.push(`clock set to ${new Date(at.wallMs).toISOString()}`);
    this.#feed({ kind: 'clock-stepped', at, expectedWallMs });
    this.#model.advance(at.monoMs, at.wallMs);
  }

  #wait(ms: number): void {
    this.#monoMs += ms;
    const at = this.#at();
    this.#feed({ kind: 'tick', at });
    this.#model.advance(at.monoMs, at.wallMs);
  }

  /** Somebody who is not where they ought to be. */
  misplaced(): string | undefined {
    for (const zone of this.#zones) {
      for (const user of users) {
        const wanted = this.#model.side(zone, user);
        const record = trieGet(this.#state.records.get(zone.id) ?? emptyTrie(), user);
        const got = record?.marks?.includes('cleared') === true ? undefined : record?.direction;
        if (wanted !== got) return `${user} ${wanted} in zone ${zone.id}, not ${got}`;
      }
    }
    return undefined;
  }
}

function complaint(zones: readonly Zone[], told: readonly string[], wanted: string): string {
  return `${JSON.stringify(zones)}\n${told.join('\n')}\nought to be: ${wanted}`;
}

function swipe(user: string, reader: string, at: Instant): Event {
  const facts: UserFacts = {
    ...{ id: user, name: user, enabled: true, credentialEnabled: true, groups: groupsOf(user) },
    ...{ accessRights: ['all'], extendedUnlock: false, supervisor: isSupervisor(user) },
  };
  return {
    ...{ kind: 'access-requested', at, door: reader.slice(0, 1), reader, user: facts },
    ...{ credential: { kind: 'card', label: '' }, by: { kind: 'reader', reader } },
  };
}

/** What became of each person, as the rows tell it. */
function answersOf(rows: readonly LogRow[]): string {
  const people = new Set(rows.flatMap(({ user }) => (user === undefined ? [] : [user])));
  const said = [...people].map((user) => `${user}: ${answerOf(rows.filter((row) => row.user === user))}`);
  return said.sort().join('; ');
}

function answerOf(rows: readonly LogRow[]): string {
  const denied = rows.find(({ kind }) => kind === 'access-denied');
  if (denied !== undefined) return `denied ${denied.reason}`;
  if (rows.some(({ kind }) => kind === 'company-awaited')) return 'waits';
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
  const cars = random.chance(0.2);
  return {
    ...{ id, name: `zone ${id}`, disabled: random.chance(0.1) },
    bypassGroups: random.chance(0.1) ? [random.pick(['staff', 'guests'])] : [],
    type: random.pick(['hard', 'hard', 'soft', 'hard-everywhere', 'trap']),
    resetSeconds: random.pick([0, 0, 60, 3_600]),
    members: mine.map((reader) => ({
      ...{ reader, direction: reader.endsWith('in') ? 'entry' : 'exit' },
      ...(cars && reader.startsWith('a') ? { vehicle: true } : {}),
    })),
    ...(rule === undefined ? {} : { rule }),
    ...maybe(rule === 'timed' ? 0.6 : 0.02, { timedAt: random.pick(['same-reader', 'any-reader'] as const) }),
    ...maybe(rule === 'route' ? 0.6 : 0.02, { startAtFirst: random.chance(0.5) }),
    ...maybe(0.2, { check: random.pick(['both', 'entries', 'exits'] as const) }),
    ...maybe(0.15, { passback: random.pick(severities) }),
    ...maybe(0.25, { tailgate: random.pick(severities) }),
    ...maybe(0.15, { requireEntry: true }),
    ...maybe(0.1, { trackWhileDisabled: random.chance(0.5) }),
    ...maybe(0.1, { bypassUsers: ['bob'] }),
    ...(cars ? { vehicles: [{ name: 'car', users: ['ann', 'bob'] }] } : {}),
    ...maybe(0.2, { musterReaders: [outside] }),
    ...maybe(0.15, { resetEveryMinutes: random.pick([30, 120, 1_441]) }),
    ...maybe(0.25, {
      dailyReset: {
        ...{
          minute: random.pick([0, 150, 240, 720, 1_439]),
          to: random.pick(['unknown', 'outside'] as const),
        },
        ...maybe(0.4, { groups: ['staff'] }),
      },
    }),
    ...maybe(0.35, {
      occupancy: {
        ...maybe(0.4, {
          min: { count: 2 + random.below(2), withinSeconds: random.pick([60, 300]), severity: limit() },
        }),
        ...maybe(0.5, { max: { count: 1 + random.below(3), severity: limit() } }),
        ...maybe(0.3, { supervisorFirst: limit() }),
      },
    }),
  };
}

function siteOf(zones: readonly Zone[], timeZone: string, hasContact: boolean): Site {
  const everywhere = doors.map((door) => ({ door, schedule: 'always' }));
  return makeSite({
    ...{ timeZone, untrustedClock: 'deny', storageDeadlineMs: 1_000 },
    doors: new Map(doors.map((door) => [door, defaultDoor(door, door, hasContact && door === 'a')])),
    readers: new Map(
      [...readers, outside].map((id) => [
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
  const from = Number(process.argv[3] ?? 1);
  const found = compareHistories(from, count);
  process.stdout.write(`${found ?? `${count} histories from seed ${from}, no disagreement`}\n`);
  process.exitCode = found === undefined ? 0 : 1;
}
