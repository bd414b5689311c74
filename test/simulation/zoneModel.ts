/**
 * Anti-passback once more, deliberately naive and written from the rules alone: it keeps everything that ever happened
 * and reads it backwards at each question. It shares no line with the core.
 */
import type { Zone } from '../../src/core/model.js';
import { dayOf, firstAt } from './localDays.js';

/** One thing that happened in a zone. */
type Happened =
  | {
      readonly what: 'passed';
      readonly user: string;
      /** Empty: by hand, or by a reset. */
      readonly reader: string;
      readonly side: string;
      readonly ms: number;
      /** Came or went by themselves, with a card of their own, or was put there by hand. */
      readonly own: boolean;
      readonly unblocks?: true;
    }
  | { readonly what: 'blocked'; readonly user: string }
  | { readonly what: 'cleared'; readonly user: string };

type Passed = Extract<Happened, { what: 'passed' }>;
type Seen = Passed | 'never' | 'forgiven';

/** Somebody at a reader who waits for company. */
interface Waiting {
  readonly user: string;
  readonly reader: string;
  readonly untilMs: number;
}

/** What becomes of one person. */
type Verdict =
  | { readonly kind: 'denied'; readonly said: string; readonly blocks: readonly Zone[] }
  | { readonly kind: 'waits'; readonly withinSeconds: number }
  | { readonly kind: 'granted'; readonly said: string; readonly blocks: readonly Zone[] };

export class ZoneModel {
  readonly #zones: readonly Zone[];
  readonly #timeZone: string;
  readonly #startMs: number;
  readonly #history = new Map<number, Happened[]>();
  readonly #days = new Map<number, number>();
  readonly #periods = new Map<number, number>();
  #waiting: Waiting[] = [];

  constructor(zones: readonly Zone[], timeZone: string, startMs: number) {
    this.#zones = zones;
    this.#timeZone = timeZone;
    this.#startMs = startMs;
    for (const { id } of zones) this.#history.set(id, []);
  }

  /** Time has come so far: company that did not come, and zones that forget by themselves. */
  advance(ms: number, wallMs: number): void {
    this.#waiting = this.#waiting.filter(({ untilMs }) => untilMs > ms);
    for (const zone of this.#zones) {
      this.#resetDaily(zone, ms, wallMs);
      if (zone.resetEveryMinutes === undefined) continue;
      const period = Math.floor((ms - this.#startMs) / (zone.resetEveryMinutes * 60_000));
      if (period > (this.#periods.get(zone.id) ?? 0)) this.clear(zone, 'all');
      this.#periods.set(zone.id, period);
    }
  }

  /** Once each local date, when the clock first shows the time past; never again for that date. */
  #resetDaily(zone: Zone, ms: number, wallMs: number): void {
    const { dailyReset } = zone;
    if (dailyReset === undefined) return;
    const { minute, to, groups } = dailyReset;
    const today = dayOf(wallMs, this.#timeZone);
    const latest = wallMs >= firstAt(today, minute, this.#timeZone) ? today : today - 1;
    const done = this.#days.get(zone.id);
    // The first look only takes note; so does one after a clock that had been days ahead.
    if (done === undefined || done > today + 1) this.#days.set(zone.id, latest);
    else if (latest > done) {
      this.#days.set(zone.id, latest);
      for (const user of this.#known(zone)) {
        if (groups !== undefined && !this.#cameOf(zone, user, groups)) continue;
        if (to === 'unknown') this.#note(zone, { what: 'cleared', user });
        else if (groups !== undefined || this.#hasRecord(zone, user))
          this.#note(zone, { ...byHand(user, 'exit', ms), unblocks: true });
      }
    }
  }

  #cameOf(zone: Zone, user: string, groups: readonly string[]): boolean {
    const seen = this.#seen(zone, user);
    return typeof seen !== 'string' && seen.own && groupsOf(user).some((group) => groups.includes(group));
  }

  /** Where a trace of the forgiven is kept, they are still somebody. */
  #hasRecord(zone: Zone, user: string): boolean {
    const seen = this.#seen(zone, user);
    const leavesTrace = zone.requireEntry === true || this.#zones.some(({ inside }) => inside === zone.id);
    return typeof seen !== 'string' || (seen === 'forgiven' && leavesTrace);
  }

  /** What becomes of a read, by person. `opens`: whether somebody goes through the door, had it been unlocked. */
  read(user: string, reader: string, ms: number, opens: boolean): string {
    let along = this.#waiting
      .filter((one) => one.reader === reader && one.user !== user)
      .map((one) => one.user);
    const told = new Map<string, string>();
    while (along.length > 0 && this.#ask(user, reader, ms, along).kind === 'granted') {
      const all = [user, ...along];
      const said = along.map((one) => {
        return {
          one,
          verdict: this.#ask(
            one,
            reader,
            ms,
            all.filter((other) => other !== one),
          ),
        };
      });
      const staying = said.filter(({ verdict }) => verdict.kind !== 'granted');
      if (staying.length === 0) break;
      along = along.filter((one) => !staying.some((stays) => stays.one === one));
      for (const { one, verdict } of staying) {
        if (verdict.kind !== 'denied') continue;
        this.#stopWaiting(one, reader);
        told.set(one, this.#refuse(one, verdict));
      }
    }
    const verdict = this.#ask(user, reader, ms, along);
    if (verdict.kind === 'denied') told.set(user, this.#refuse(user, verdict));
    else if (verdict.kind === 'waits') {
      this.#stopWaiting(user, reader);
      this.#waiting.push({ user, reader, untilMs: ms + verdict.withinSeconds * 1_000 });
      told.set(user, 'waits');
    } else {
      const all = [user, ...along];
      const verdicts = all.map((one) => {
        return {
          one,
          verdict: this.#ask(
            one,
            reader,
            ms,
            all.filter((other) => other !== one),
          ),
        };
      });
      for (const { one, verdict: granted } of verdicts) {
        this.#stopWaiting(one, reader);
        if (granted.kind === 'granted') this.#admit(one, reader, { granted, ms, opens }, told);
      }
    }
    return [...told]
      .map(([who, what]) => `${who}: ${what}`)
      .sort()
      .join('; ');
  }

  #admit(
    user: string,
    reader: string,
    { granted, ms, opens }: { granted: Extract<Verdict, { kind: 'granted' }>; ms: number; opens: boolean },
    told: Map<string, string>,
  ): void {
    const company = this.#passengers(reader, user);
    told.set(user, granted.said);
    for (const one of company) if (!told.has(one)) told.set(one, 'granted');
    if (!opens) return;
    for (const zone of this.#at(reader)) this.#pass(zone, user, reader, ms, true);
    for (const zone of granted.blocks) this.#note(zone, { what: 'blocked', user });
    for (const one of company) for (const zone of this.#at(reader)) this.#pass(zone, one, reader, ms, false);
  }

  #refuse(user: string, { said: what, blocks }: Extract<Verdict, { kind: 'denied' }>): string {
    for (const zone of blocks) this.#note(zone, { what: 'blocked', user });
    return what;
  }

  #stopWaiting(user: string, reader: string): void {
    this.#waiting = this.#waiting.filter((one) => one.user !== user || one.reader !== reader);
  }

  #at(reader: string): readonly Zone[] {
    return this.#zones.filter((zone) => zone.members.some((member) => member.reader === reader));
  }

  /** Whoever sits in the same vehicle, where the reader is for vehicles. */
  #passengers(reader: string, user: string): readonly string[] {
    const forVehicles = this.#zones.filter((zone) =>
      zone.members.some((member) => member.reader === reader && member.vehicle === true),
    );
    const seats = forVehicles.flatMap(
      ({ vehicles = [] }) => vehicles.find(({ users }) => users.includes(user))?.users ?? [],
    );
    return [...new Set(seats)].filter((one) => one !== user);
  }

  /** What would become of somebody who comes with these others. Nothing is remembered. */
  #ask(user: string, reader: string, ms: number, others: readonly string[]): Verdict {
    const here = this.#at(reader);
    const said = here.map((zone) => ({ zone, said: this.#judge(zone, user, reader, ms) }));
    const counted = said.filter(({ zone }) => !zone.disabled && !isExempt(zone, user));
    const hard = counted.filter((one) => one.said !== undefined && one.said.severity === 'hard');
    const [first] = hard;
    const blocking = (type: Zone['type'], of: typeof counted): readonly Zone[] =>
      of.filter((one) => one.zone.type === type && one.said?.rule === 'passback').map(({ zone }) => zone);
    if (first?.said !== undefined)
      return { kind: 'denied', said: `denied ${first.said.rule}`, blocks: blocking('hard-everywhere', hard) };
    const crowded: Limit[] = [];
    for (const limit of here.flatMap((zone) => this.#crowd(zone, user, reader, others))) {
      if (limit.severity === 'soft') crowded.push(limit);
      else if (limit.rule !== 'occupancy-min')
        return { kind: 'denied', said: `denied ${limit.rule}`, blocks: [] };
      else return { kind: 'waits', withinSeconds: limit.withinSeconds };
    }
    const soft = counted.flatMap((one) =>
      one.said === undefined ? [] : [`${one.zone.id} ${one.said.rule}`],
    );
    const words = ['granted', ...soft, ...crowded.map(({ zone, rule }) => `${zone} ${rule}`)];
    return { kind: 'granted', said: words.join(', '), blocks: blocking('trap', counted) };
  }

  /** A read at an assembly point: out of every zone that assembles there. */
  muster(user: string, reader: string, ms: number): void {
    for (const zone of this.#zones) {
      if (zone.musterReaders?.includes(reader) === true)
        this.#note(zone, { ...byHand(user, 'exit', ms), reader, own: true });
    }
  }

  /** By hand. */
  place(zone: Zone, user: string, side: string, ms: number): void {
    this.#note(zone, { ...byHand(user, side, ms), own: true });
  }

  clear(zone: Zone, users: 'all' | readonly string[]): void {
    for (const user of users === 'all' ? this.#known(zone) : users)
      this.#note(zone, { what: 'cleared', user });
  }

  /** `entry`, `exit`, or nothing. */
  side(zone: Zone, user: string): string | undefined {
    const seen = this.#seen(zone, user);
    return typeof seen === 'string' ? undefined : seen.side;
  }

  #known(zone: Zone): readonly string[] {
    return [...new Set((this.#history.get(zone.id) ?? []).map(({ user }) => user))];
  }

  #note(zone: Zone, happened: Happened): void {
    this.#history.get(zone.id)?.push(happened);
  }

  #pass(zone: Zone, user: string, reader: string, ms: number, own: boolean): void {
    if (zone.disabled && zone.trackWhileDisabled === false) return;
    const around = this.#zones.find(({ id }) => id === zone.inside);
    const side = sideOf(zone, reader);
    if (side === 'entry' && around !== undefined && this.#seen(around, user) === 'forgiven')
      this.#note(around, { what: 'passed', user, reader: entryOf(around), side, ms, own });
    this.#note(zone, { what: 'passed', user, reader, side, ms, own });
  }

  #seen(zone: Zone, user: string): Seen {
    for (const one of [...(this.#history.get(zone.id) ?? [])].reverse()) {
      if (one.user !== user || one.what === 'blocked') continue;
      return one.what === 'cleared' ? 'forgiven' : one;
    }
    return 'never';
  }

  #isBlocked(zone: Zone, user: string): boolean {
    const about = (this.#history.get(zone.id) ?? []).filter(
      (one) => one.user === user && (one.what !== 'passed' || one.unblocks === true),
    );
    return about.at(-1)?.what === 'blocked';
  }

  #judge(zone: Zone, user: string, reader: string, ms: number): Said | undefined {
    if (zone.disabled) return undefined;
    const seen = this.#seen(zone, user);
    const old =
      typeof seen !== 'string' && zone.resetSeconds > 0 && ms - seen.ms >= zone.resetSeconds * 1_000;
    const last = typeof seen === 'string' || old ? undefined : seen;
    const usual = zone.type === 'soft' ? 'soft' : 'hard';
    if (zone.rule === 'timed') {
      const repeat = last !== undefined && (zone.timedAt === 'any-reader' || last.reader === reader);
      return repeat ? { rule: 'passback', severity: usual } : undefined;
    }
    if (zone.rule === 'route')
      return this.#offRoute(zone, last?.reader, reader) ? { rule: 'passback', severity: usual } : undefined;
    const side = sideOf(zone, reader);
    if (this.#isBlocked(zone, user) && (zone.type === 'hard-everywhere' || side === 'exit'))
      return { rule: 'passback-blocked', severity: 'hard' };
    if (zone.check === 'entries' && side === 'exit') return undefined;
    if (zone.check === 'exits' && side === 'entry') return undefined;
    const nested = this.#nested(zone, user, side);
    if (nested !== undefined) return { rule: nested, severity: usual };
    const exits = zone.tailgate ?? usual;
    if (side === 'exit' && zone.requireEntry === true && seen === 'never') return said('tailgate', exits);
    if (last === undefined || last.side !== side) return undefined;
    if (this.#isBlocked(zone, user)) return undefined;
    if (side === 'exit') return said(zone.tailgate === undefined ? 'passback' : 'tailgate', exits);
    return said('passback', zone.passback ?? (zone.type === 'trap' ? 'soft' : usual));
  }

  #nested(zone: Zone, user: string, side: string): string | undefined {
    const around = this.#zones.find(({ id }) => id === zone.inside);
    if (side === 'entry' && around !== undefined && !around.disabled) {
      const there = this.#seen(around, user);
      if (there !== 'forgiven' && this.side(around, user) !== 'entry') return 'not-in-outer-zone';
    }
    const within = this.#zones.filter((one) => one.inside === zone.id && !one.disabled);
    return side === 'exit' && within.some((one) => this.side(one, user) === 'entry')
      ? 'still-in-inner-zone'
      : undefined;
  }

  #offRoute(zone: Zone, last: string | undefined, reader: string): boolean {
    const order = zone.members.map((member) => member.reader);
    if (last === undefined || !order.includes(last)) return zone.startAtFirst === true && order[0] !== reader;
    const next = order[order.indexOf(last) + 1] ?? order[0];
    return next !== reader;
  }

  /** The limits that would be broken if these went together. */
  #crowd(zone: Zone, user: string, reader: string, others: readonly string[]): readonly Limit[] {
    const { max, min, supervisorFirst } = zone.occupancy ?? {};
    if (zone.disabled || isExempt(zone, user)) return [];
    const inside = this.#known(zone).filter((one) => this.side(zone, one) === 'entry');
    const goes = [user, ...others].flatMap((one) => [one, ...this.#passengers(reader, one)]);
    const isEntry = sideOf(zone, reader) === 'entry';
    const moving = new Set(goes.filter((one) => inside.includes(one) !== isEntry));
    if (moving.size === 0) return [];
    const after = isEntry ? inside.length + moving.size : inside.length - moving.size;
    const broken: Limit[] = [];
    const add = (rule: string, severity: 'soft' | 'hard'): void => {
      broken.push({ zone: zone.id, rule, severity, withinSeconds: min?.withinSeconds ?? 0 });
    };
    const led = [user, ...others].some(isSupervisor) || inside.some((one) => this.#supervises(zone, one));
    if (isEntry && supervisorFirst !== undefined && !led) add('supervisor-first', supervisorFirst);
    if (isEntry && max !== undefined && after > max.count) add('occupancy-max', max.severity);
    if (min !== undefined && after > 0 && after < min.count) add('occupancy-min', min.severity);
    return broken;
  }

  /** A supervisor counts as one by a passage of their own, or by hand; not as whoever sits in a car. */
  #supervises(zone: Zone, user: string): boolean {
    const seen = this.#seen(zone, user);
    return isSupervisor(user) && typeof seen !== 'string' && seen.own;
  }
}

interface Limit {
  readonly zone: number;
  readonly rule: string;
  readonly severity: 'soft' | 'hard';
  readonly withinSeconds: number;
}

function byHand(user: string, side: string, ms: number): Passed {
  return { what: 'passed', user, reader: '', side, ms, own: false };
}

interface Said {
  readonly rule: string;
  readonly severity: 'soft' | 'hard';
}

function said(rule: string, severity: 'none' | 'soft' | 'hard'): Said | undefined {
  return severity === 'none' ? undefined : { rule, severity };
}

function sideOf(zone: Zone, reader: string): string {
  return zone.members.find((member) => member.reader === reader)?.direction ?? '';
}

/** Whoever came in by a free pass stands as if by any entry of the zone around. */
function entryOf(zone: Zone): string {
  return zone.members.find(({ direction }) => direction === 'entry')?.reader ?? '';
}

/** In these histories sue is the supervisor. */
export function isSupervisor(user: string): boolean {
  return user === 'sue';
}

/** In these histories ann is of the staff, and nobody is a guest. */
export function groupsOf(user: string): readonly string[] {
  return user === 'ann' ? ['staff'] : [];
}

function isExempt(zone: Zone, user: string): boolean {
  return (
    zone.bypassUsers?.includes(user) === true ||
    groupsOf(user).some((group) => zone.bypassGroups.includes(group))
  );
}
