/**
 * The smallest thing that can say what one door with one hard zone ought to do for two people: a list of what
 * was decided, how much of it is on the disk, and the lock. Everything else is worked out from the list.
 */
export type Person = 'ann' | 'bob';
export type Side = 'entry' | 'exit';

type Fact =
  | {
      readonly fact: 'granted';
      readonly id: number;
      readonly who: Person;
      readonly side: Side;
      readonly pass?: number;
      readonly untilMs: number;
    }
  | { readonly fact: 'taken' | 'lapsed'; readonly pass: number; readonly who: Person; readonly side: Side }
  | { readonly fact: 'withdrawn'; readonly id: number; readonly pass?: number };

export interface Tiny {
  readonly contact: boolean;
  readonly facts: readonly Fact[];
  /** How many of them are on the disk. */
  readonly durable: number;
  /** Grants decided and not yet answered, by id. */
  readonly onTheWay: readonly number[];
  /** Passages whose lock was opened for them. */
  readonly opened: readonly number[];
  readonly open: boolean;
  readonly pulse: boolean;
  readonly rex: boolean;
  readonly nowMs: number;
  readonly nextId: number;
}

/** The tiny model after a move, and the rows it expects, sorted. */
export interface Told {
  readonly tiny: Tiny;
  readonly rows: readonly string[];
}

export const STORAGE_MS = 1_000;
export const UNLOCK_MS = 3_000;

export function newTiny(contact: boolean): Tiny {
  return {
    contact,
    facts: [],
    durable: 0,
    onTheWay: [],
    opened: [],
    open: false,
    pulse: false,
    rex: false,
    nowMs: 0,
    nextId: 1,
  };
}

export function isUnlocked(tiny: Tiny): boolean {
  return tiny.pulse || tiny.rex;
}

/** Where the person was last counted. */
export function sideOf(tiny: Tiny, who: Person): Side | undefined {
  let found: { id: number | undefined; side: Side }[] = [];
  for (const fact of tiny.facts) {
    if (fact.fact === 'granted' && fact.pass === undefined && fact.who === who)
      found.push({ id: fact.id, side: fact.side });
    if (fact.fact === 'taken' && fact.who === who) found.push({ id: undefined, side: fact.side });
    if (fact.fact === 'withdrawn') found = found.filter(({ id }) => id !== fact.id);
  }
  return found.at(-1)?.side;
}

interface Pending {
  readonly pass: number;
  readonly who: Person;
  readonly side: Side;
  readonly untilMs: number;
  readonly grant: number;
}

/** Passages granted and neither taken nor ended, in the order of their first grants. */
function pendingOf(tiny: Tiny): readonly Pending[] {
  let found: Pending[] = [];
  for (const fact of tiny.facts) {
    const { pass } = fact;
    if (pass === undefined) continue;
    if (fact.fact !== 'granted') {
      found = found.filter((pending) => pending.pass !== pass);
      continue;
    }
    const { who, side, untilMs, id } = fact;
    const pending = { pass, who, side, untilMs, grant: id };
    found = found.some((p) => p.pass === pass)
      ? found.map((p) => (p.pass === pass ? pending : p))
      : [...found, pending];
  }
  return found;
}

export function swipe(tiny: Tiny, who: Person, side: Side): Told {
  const name = `${who} ${side}`;
  if (sideOf(tiny, who) === side)
    return { tiny, rows: [`access-denied ${name} passback`, `passback-violation ${name}`] };
  const id = tiny.nextId;
  const same = pendingOf(tiny).find((pending) => pending.who === who && pending.side === side);
  const counts = same === undefined && (!tiny.contact || tiny.open);
  const pass = counts ? {} : { pass: same?.pass ?? id };
  const untilMs = tiny.nowMs + STORAGE_MS + UNLOCK_MS;
  const facts = [...tiny.facts, { fact: 'granted', id, who, side, untilMs, ...pass } as const];
  const rows = [`access-granted ${name}`, ...(tiny.open && counts ? [`access-taken ${name}`] : [])];
  return { tiny: { ...tiny, facts, nextId: id + 1, onTheWay: [...tiny.onTheWay, id] }, rows };
}

/** Everything decided so far is on the disk. */
export function acknowledge(tiny: Tiny): Told {
  let next: Tiny = { ...tiny, durable: tiny.facts.length, onTheWay: [] };
  const rows: string[] = [];
  for (const id of tiny.onTheWay) {
    const granted = tiny.facts.find((fact) => fact.fact === 'granted' && fact.id === id);
    const pass = granted?.pass;
    if (pass !== undefined && !pendingOf(next).some((pending) => pending.pass === pass)) continue;
    next = { ...next, pulse: true, ...(pass === undefined ? {} : { opened: [...next.opened, pass] }) };
    if (!next.open) continue;
    const taken = take(next);
    next = taken.tiny;
    rows.push(...taken.rows);
  }
  return { tiny: next, rows };
}

/** The leaf is open: whoever the lock was opened for has passed. */
function take(tiny: Tiny): Told {
  return end(tiny, 'taken', (pending) => tiny.opened.includes(pending.pass));
}

function end(tiny: Tiny, fact: 'taken' | 'lapsed', which: (pending: Pending) => boolean): Told {
  const ended = pendingOf(tiny).filter(which);
  const facts = ended.map(({ pass, who, side }) => ({ fact, pass, who, side }));
  const word = fact === 'taken' ? 'access-taken' : 'no-entry-after-grant';
  return {
    tiny: { ...tiny, facts: [...tiny.facts, ...facts] },
    rows: ended.map(({ who, side }) => `${word} ${who} ${side}`),
  };
}

export function openLeaf(tiny: Tiny): Told {
  if (!tiny.contact || tiny.open) return { tiny, rows: [] };
  return take({ ...tiny, open: true });
}

/** The closing leaf ends the pulse of a grant, never that of a request to exit. */
export function closeLeaf(tiny: Tiny): Told {
  return { tiny: tiny.open ? { ...tiny, open: false, pulse: false } : tiny, rows: [] };
}

export function requestExit(tiny: Tiny): Told {
  return { tiny: { ...tiny, rex: true }, rows: [] };
}

/** Longer than the disk may take and longer than any pulse. */
export function waitLong(tiny: Tiny, ms: number): Told {
  let next: Tiny = { ...tiny, onTheWay: [] };
  const rows: string[] = [];
  for (const id of tiny.onTheWay) {
    const granted = tiny.facts.find((fact) => fact.fact === 'granted' && fact.id === id);
    if (granted?.fact !== 'granted') continue;
    const pending = pendingOf(next).find(
      (p) => p.pass === granted.pass && p.grant === id && !next.opened.includes(p.pass),
    );
    const pass = pending === undefined ? {} : { pass: pending.pass };
    next = { ...next, facts: [...next.facts, { fact: 'withdrawn', id, ...pass }] };
    rows.push(`grant-withdrawn ${granted.who} ${granted.side} storage-failed`);
  }
  const ended = end({ ...next, pulse: false, rex: false, nowMs: tiny.nowMs + ms }, 'lapsed', () => true);
  return { tiny: ended.tiny, rows: [...rows, ...ended.rows] };
}

/** The core stops and starts in the same boot; `landed`: what was on its way reached the disk unheard. */
export function crash(tiny: Tiny, landed: boolean): Told {
  const facts = landed ? tiny.facts : tiny.facts.slice(0, tiny.durable);
  const begun: Tiny = {
    ...tiny,
    facts,
    durable: facts.length,
    onTheWay: [],
    opened: [],
    pulse: false,
    rex: false,
  };
  if (!begun.open) return end(begun, 'lapsed', () => true);
  const late = end(begun, 'lapsed', ({ untilMs }) => untilMs <= begun.nowMs);
  const taken = end(late.tiny, 'taken', () => true);
  return { tiny: taken.tiny, rows: [...late.rows, ...taken.rows] };
}

/** A short time passes. */
export function later(tiny: Tiny, ms: number): Tiny {
  return { ...tiny, nowMs: tiny.nowMs + ms };
}
