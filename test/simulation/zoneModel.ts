/**
 * Anti-passback once more, deliberately naive and written from the rules alone: it keeps everything that ever happened
 * and reads it backwards at each question. It shares no line with the core.
 */
import type { Zone } from '../../src/core/model.js';

/** One thing that happened in a zone. */
type Happened =
  | { readonly what: 'passed'; readonly user: string; readonly reader: string; readonly ms: number }
  | { readonly what: 'blocked'; readonly user: string }
  | { readonly what: 'cleared'; readonly user: string };

type Seen = Extract<Happened, { what: 'passed' }> | 'never' | 'forgiven';

export class ZoneModel {
  readonly #zones: readonly Zone[];
  readonly #history = new Map<number, Happened[]>();

  constructor(zones: readonly Zone[]) {
    this.#zones = zones;
    for (const { id } of zones) this.#history.set(id, []);
  }

  /** What becomes of a read; `exempt` is the user's in this zone. Everything it leads to is remembered. */
  read(user: string, reader: string, ms: number, supervisor: boolean): string {
    const here = this.#zones.filter((zone) => zone.members.some((member) => member.reader === reader));
    const said = here.map((zone) => ({ zone, said: this.#judge(zone, user, reader, ms) }));
    const counted = said.filter(({ zone }) => !zone.disabled && !isExempt(zone, user));
    const hard = counted.filter((one) => one.said !== undefined && one.said.severity === 'hard');
    const [first] = hard;
    if (first?.said !== undefined) {
      for (const { zone, said: why } of hard) {
        if (zone.type === 'hard-everywhere' && why?.rule === 'passback')
          this.#note(zone, { what: 'blocked', user });
      }
      return `denied ${first.said.rule}`;
    }
    const crowded = here.flatMap((zone) => this.#crowd(zone, user, reader, supervisor));
    const full = crowded.find(({ severity }) => severity === 'hard');
    if (full !== undefined) return `denied ${full.rule}`;
    const soft = counted.flatMap((one) =>
      one.said === undefined ? [] : [`${one.zone.id} ${one.said.rule}`],
    );
    for (const zone of here) this.#pass(zone, user, reader, ms);
    for (const { zone, said: why } of counted) {
      if (zone.type === 'trap' && why?.rule === 'passback') this.#note(zone, { what: 'blocked', user });
    }
    return ['granted', ...soft, ...crowded.map(({ zone, rule }) => `${zone} ${rule}`)].join(', ');
  }

  clear(zone: Zone, users: 'all' | readonly string[]): void {
    const known = [...new Set((this.#history.get(zone.id) ?? []).map(({ user }) => user))];
    for (const user of users === 'all' ? known : users) this.#note(zone, { what: 'cleared', user });
  }

  /** `entry`, `exit`, or nothing. */
  side(zone: Zone, user: string): string | undefined {
    const seen = this.#seen(zone, user);
    return typeof seen === 'string' ? undefined : sideOf(zone, seen.reader);
  }

  #note(zone: Zone, happened: Happened): void {
    this.#history.get(zone.id)?.push(happened);
  }

  #pass(zone: Zone, user: string, reader: string, ms: number): void {
    if (zone.disabled && zone.trackWhileDisabled === false) return;
    const around = this.#zones.find(({ id }) => id === zone.inside);
    if (sideOf(zone, reader) === 'entry' && around !== undefined && this.#seen(around, user) === 'forgiven') {
      this.#history.get(around.id)?.push({ what: 'passed', user, reader: entryOf(around), ms });
    }
    this.#note(zone, { what: 'passed', user, reader, ms });
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
      (one) => one.user === user && one.what !== 'passed',
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
    if (last === undefined || sideOf(zone, last.reader) !== side) return undefined;
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
    if (last === undefined) return zone.startAtFirst === true && order[0] !== reader;
    const next = order[order.indexOf(last) + 1] ?? order[0];
    return next !== reader;
  }

  /** The limits that this entry would break. */
  #crowd(zone: Zone, user: string, reader: string, supervisor: boolean): readonly Limit[] {
    const { max, supervisorFirst } = zone.occupancy ?? {};
    if (zone.disabled || isExempt(zone, user)) return [];
    if (sideOf(zone, reader) !== 'entry' || this.side(zone, user) === 'entry') return [];
    const everybody = new Set((this.#history.get(zone.id) ?? []).map((one) => one.user));
    const inside = [...everybody].filter((one) => this.side(zone, one) === 'entry');
    const broken: Limit[] = [];
    if (supervisorFirst !== undefined && !supervisor && !inside.some(isSupervisor))
      broken.push({ zone: zone.id, rule: 'supervisor-first', severity: supervisorFirst });
    if (max !== undefined && inside.length + 1 > max.count)
      broken.push({ zone: zone.id, rule: 'occupancy-max', severity: max.severity });
    return broken;
  }
}

interface Limit {
  readonly zone: number;
  readonly rule: string;
  readonly severity: 'soft' | 'hard';
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
