/**
 * What the core ought to do, step by step, from the written rules and what the world showed it. It shares no
 * code with the core: rows are foretold by their keys, relays by their causes, answers by their words.
 */
import type { Answer } from '../../src/core/decision.js';
import type { AccessRequested } from '../../src/core/events.js';
import type { LogRow } from '../../src/core/log.js';
import type { Door, Instant, Site } from '../../src/core/model.js';
import { isOpenTime, trusts, type Verdict } from './judge.js';
import type { Ledger, RowNote } from './ledger.js';

export interface ShadowDoor {
  leaf: 'none' | 'unknown' | 'closed' | 'open';
  pulseUntilMonoMs: number;
  rexPressed: boolean;
  rexUntilMonoMs: number;
  unlocked: boolean;
}

/** A card that waits for its PIN at a reader that asks for both. */
export interface CardWait {
  readonly asked: AccessRequested;
  readonly untilMonoMs: number;
}

export interface Grant {
  readonly grant: number;
  readonly commit: number;
  readonly deadlineMonoMs: number;
  readonly asked: AccessRequested;
  readonly verdict: Verdict;
  /** It moved records when it was decided. */
  readonly counted: boolean;
  readonly passage?: number;
}

export interface ForetoldRow {
  readonly key: string;
  readonly kind: LogRow['kind'];
  readonly note?: RowNote;
}

/** What one event ought to bring. */
export interface Foretold {
  readonly rows: ForetoldRow[];
  readonly answers: string[];
  /** `zone user` whose record may have moved. */
  readonly touched: Set<string>;
  /** Doors unlocked by a grant in this step, with the commits that carry them and whether they were durable. */
  readonly opened: { readonly door: string; readonly commit: number; readonly durable: boolean }[];
  verdict?: Verdict;
}

export interface Shadow {
  site: Site;
  readonly boot: string;
  readonly ledger: Ledger;
  readonly doors: Map<string, ShadowDoor>;
  fire: 'off' | 'active' | 'latched';
  storageAway: boolean;
  /** Hold-open schedules are looked at from `started` on. */
  scheduled: boolean;
  grants: Grant[];
  readonly cards: Map<string, CardWait>;
  asked: {
    readonly commit: number;
    readonly deadlineMonoMs: number;
    readonly request: string;
    readonly answer: Answer;
  }[];
  readonly fails: Map<string, readonly number[]>;
  readonly floods: Map<string, { readonly sinceMonoMs: number; rows: number; summed: number }>;
  nextCommit: number;
  nextGrant: number;
  committedThrough: number;
  at: Instant;
  out: Foretold;
}

export function newShadow(site: Site, boot: string, ledger: Ledger, at: Instant, nextGrant: number): Shadow {
  const doors = new Map<string, ShadowDoor>();
  for (const { id, hasContact } of site.doors.values()) {
    const leaf = hasContact ? 'unknown' : 'none';
    doors.set(id, { leaf, pulseUntilMonoMs: 0, rexPressed: false, rexUntilMonoMs: 0, unlocked: false });
  }
  return {
    site,
    boot,
    ledger,
    doors,
    fire: ledger.fire ? 'latched' : 'off',
    storageAway: false,
    scheduled: false,
    grants: [],
    cards: new Map(),
    asked: [],
    fails: new Map(),
    floods: new Map(),
    nextCommit: 1,
    nextGrant,
    committedThrough: 0,
    at,
    out: nothing(),
  };
}

export function nothing(): Foretold {
  return { rows: [], answers: [], touched: new Set(), opened: [] };
}

/** A row's identity in comparisons. */
export function rowKey(row: Partial<LogRow>): string {
  const { kind, door, reader, user, zone, reason } = row;
  return [kind, door ?? '-', reader ?? '-', user ?? '-', zone ?? '-', reason ?? '-'].join(' ');
}

export function answerKey(request: string, answer: Answer): string {
  return `${request} ${JSON.stringify(answer)}`;
}

/** Why a lock is open now; undefined = it ought to be locked. */
export function causeOf(
  shadow: Shadow,
  door: Door,
  at: Instant,
): 'fire' | 'standing' | 'rex' | 'pulse' | undefined {
  const state = shadow.doors.get(door.id);
  if (shadow.fire !== 'off' && door.unlockOnFire) return 'fire';
  const { emergency, operator } = shadow.ledger.flags.get(door.id) ?? {};
  const top = emergency ?? operator ?? (isHeldOpen(shadow, door, at) ? 'unlocked' : undefined);
  if (top === 'unlocked') return 'standing';
  if (state === undefined) return undefined;
  if (state.rexPressed || state.rexUntilMonoMs > at.monoMs) return 'rex';
  return state.pulseUntilMonoMs > at.monoMs ? 'pulse' : undefined;
}

function isHeldOpen(shadow: Shadow, door: Door, at: Instant): boolean {
  if (!shadow.scheduled || door.holdOpenSchedule === undefined) return false;
  return trusts(at) && isOpenTime(shadow.site, door.holdOpenSchedule, at.wallMs);
}

export function lockedDown(shadow: Shadow, door: string): boolean {
  const { emergency, operator } = shadow.ledger.flags.get(door) ?? {};
  return (emergency ?? operator) === 'locked';
}

/** Is another door of one of its groups not closed and locked, or about to be unlocked? In a fire nobody asks. */
export function interlocked(shadow: Shadow, door: string): boolean {
  return shadow.fire === 'off' && partnersOf(shadow.site, door).some((other) => !isShut(shadow, other));
}

/** The other doors of a door's interlock groups. */
export function partnersOf(site: Site, door: string): readonly string[] {
  const groups = (site.interlocks ?? []).filter(({ doors }) => doors.includes(door));
  return groups.flatMap(({ doors }) => doors).filter((other) => other !== door);
}

function isShut(shadow: Shadow, door: string): boolean {
  const state = shadow.doors.get(door);
  if (state === undefined) return true;
  return !state.unlocked && state.leaf !== 'open' && !shadow.grants.some(({ asked }) => asked.door === door);
}

export function tell(shadow: Shadow, row: Partial<LogRow> & Pick<LogRow, 'kind'>, note?: RowNote): void {
  shadow.out.rows.push({ key: rowKey(row), kind: row.kind, ...(note === undefined ? {} : { note }) });
}
