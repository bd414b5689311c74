/** Every sequence of so many moves by two people at one door, branch by branch, against the tiny model. */
import { pathToFileURL } from 'node:url';
import type { Commit, Effect } from '../../src/core/effects.js';
import type { Event } from '../../src/core/events.js';
import type { Json, LogRow } from '../../src/core/log.js';
import type { Instant, Site, UserFacts } from '../../src/core/model.js';
import type { Passage, State, ZoneRecord } from '../../src/core/state.js';
import { defaultDoor, makeSite, nextWakeMs, restoreState, step } from './core.js';
import { applyRecords } from './disk.js';
import {
  acknowledge,
  closeLeaf,
  crash,
  isUnlocked,
  later,
  newTiny,
  openLeaf,
  type Person,
  requestExit,
  type Side,
  STORAGE_MS,
  sideOf,
  swipe,
  type Tiny,
  type Told,
  UNLOCK_MS,
  waitLong,
} from './tiny.js';

export const tinyMoves = [
  'ann in',
  'ann out',
  'bob in',
  'bob out',
  'open',
  'close',
  'rex',
  'wait',
  'ack',
  'crash',
  'crash after landing',
] as const;
type TinyMove = (typeof tinyMoves)[number];

/** What was found: sequences covered, steps taken, and the first sequence that goes wrong. */
export interface Enumeration {
  readonly sequences: number;
  readonly steps: number;
  readonly failure?: string;
}

const STEP_MS = 10;
const WAIT_MS = 10_000;
const BOOT = 'boot1';

interface Node {
  readonly state: State;
  readonly tiny: Tiny;
  readonly queue: readonly Commit[];
  readonly disk: Disk;
  /** Records by the rows written, durable or not. */
  readonly written: ReadonlyMap<string, ZoneRecord>;
  readonly unlocked: boolean;
  readonly atMs: number;
}

interface Disk {
  readonly records: ReadonlyMap<string, ZoneRecord>;
  readonly passages: ReadonlyMap<string, Passage>;
  readonly facts: ReadonlyMap<string, Json>;
}

/** The standing scene: one door, its two readers, one hard zone. */
function scene(contact: boolean): Site {
  const door = { ...defaultDoor('door', 'Door', contact), unlockMs: UNLOCK_MS, rexUnlockMs: UNLOCK_MS };
  const reader = (id: string, direction: Side) => [id, { id, name: id, door: 'door', direction }] as const;
  const members = [
    { reader: 'in', direction: 'entry' },
    { reader: 'out', direction: 'exit' },
  ] as const;
  const zone = {
    id: 1,
    name: 'hq',
    type: 'hard',
    disabled: false,
    resetSeconds: 0,
    members,
    bypassGroups: [],
  } as const;
  return makeSite({
    timeZone: 'Etc/UTC',
    doors: new Map([['door', door]]),
    readers: new Map([reader('in', 'entry'), reader('out', 'exit')]),
    zones: new Map([[1, zone]]),
    schedules: new Map(),
    holidays: new Map(),
    groups: new Map(),
    accessRights: new Map([
      ['all', { id: 'all', name: 'all', doors: [{ door: 'door', schedule: 'always' }] }],
    ]),
    untrustedClock: 'deny',
    storageDeadlineMs: STORAGE_MS,
  });
}

function instant(monoMs: number): Instant {
  return { monoMs, wallMs: 1_772_000_000_000 + monoMs, trust: 'ntp' };
}

/** Enumerates all sequences of `depth` moves. A move that changes nothing is not followed: what comes after it is found without it. */
export function enumerate(contact: boolean, depth: number): Enumeration {
  const site = scene(contact);
  const found = { sequences: 0, steps: 0 };
  const empty: Disk = { records: new Map(), passages: new Map(), facts: new Map() };
  const tiny = newTiny(contact);
  const root = begin(site, { tiny, disk: empty, atMs: 5_000 });
  const failure = follow(site, { ...root.node, written: new Map() }, { depth, path: [], found });
  return { ...found, ...(failure === undefined ? {} : { failure }) };
}

interface Walk {
  readonly depth: number;
  readonly path: readonly TinyMove[];
  readonly found: { sequences: number; steps: number };
}

function follow(site: Site, node: Node, walk: Walk): string | undefined {
  const { depth, path, found } = walk;
  for (const move of tinyMoves) {
    const below = tinyMoves.length ** (depth - 1);
    // Ann and Bob are alike: whoever swipes first is called Ann.
    if (move.startsWith('bob') && !path.some((past) => past.startsWith('ann'))) {
      found.sequences += below;
      continue;
    }
    found.steps += 1;
    const next = make(site, node, move);
    const problem = next === undefined ? undefined : compare(next);
    if (problem !== undefined) return `${[...path, move].join(', ')}: ${problem}`;
    if (next === undefined || depth === 1) {
      found.sequences += below;
      continue;
    }
    const failure = follow(site, next.node, { depth: depth - 1, path: [...path, move], found });
    if (failure !== undefined) return failure;
  }
  return undefined;
}

interface Made {
  readonly node: Node;
  readonly rows: readonly string[];
  readonly expected: readonly string[];
}

/** What differs between the core and the tiny model after a move. */
function compare({ node, rows, expected }: Made): string | undefined {
  const seen = [...rows].sort().join('; ');
  const ought = [...expected].sort().join('; ');
  if (seen !== ought) return `I15-I21: the rows are [${seen}], ought to be [${ought}]`;
  if (node.unlocked !== isUnlocked(node.tiny))
    return `I6, I7: the lock is ${node.unlocked ? 'open' : 'closed'}, ought not to be`;
  for (const who of ['ann', 'bob'] as const) {
    if (node.written.get(`1 ${who}`)?.direction !== sideOf(node.tiny, who))
      return `I17: the record of ${who} differs`;
  }
  return undefined;
}

/** One move, in the core and in the model; undefined = it changes nothing. */
function make(site: Site, before: Node, move: TinyMove): Made | undefined {
  const tiny = later(before.tiny, STEP_MS);
  const node = { ...before, tiny, atMs: before.atMs + STEP_MS };
  switch (move) {
    case 'ann in':
    case 'ann out':
    case 'bob in':
    case 'bob out': {
      const who: Person = move.startsWith('ann') ? 'ann' : 'bob';
      const reader = move.endsWith('in') ? 'in' : 'out';
      const told = swipe(tiny, who, reader === 'in' ? 'entry' : 'exit');
      return tell(site, node, told, [asking(node, who, reader)]);
    }
    case 'open':
      if (!tiny.contact || tiny.open) return undefined;
      return tell(site, node, openLeaf(tiny), [contact(node, true)]);
    case 'close':
      if (!tiny.open) return undefined;
      return tell(site, node, closeLeaf(tiny), [contact(node, false)]);
    case 'rex': {
      const press = { kind: 'rex', at: instant(node.atMs), door: 'door' } as const;
      return tell(site, node, requestExit(tiny), [
        { ...press, active: true },
        { ...press, active: false },
      ]);
    }
    case 'wait':
      return pass(site, node, waitLong(tiny, WAIT_MS));
    case 'ack': {
      const last = node.queue.at(-1);
      if (last === undefined) return undefined;
      const durable = { ...node, queue: [], disk: store(node.disk, node.queue) };
      const event = { kind: 'committed', at: instant(node.atMs), through: last.id } as const;
      return tell(site, durable, acknowledge(tiny), [event]);
    }
    case 'crash':
    case 'crash after landing': {
      const landed = move !== 'crash';
      if (landed && node.queue.length === 0) return undefined;
      const disk = landed ? store(node.disk, node.queue) : node.disk;
      const told = crash(tiny, landed);
      const begun = begin(site, { tiny: told.tiny, disk, atMs: node.atMs });
      return { ...begun, expected: told.rows };
    }
  }
}

function asking(node: Node, who: Person, reader: string): Event {
  const user: UserFacts = {
    id: who,
    name: who,
    enabled: true,
    credentialEnabled: true,
    groups: [],
    accessRights: ['all'],
    extendedUnlock: false,
    supervisor: false,
  };
  const by = { kind: 'reader', reader } as const;
  const credential = { kind: 'card', label: '••••' } as const;
  return { kind: 'access-requested', at: instant(node.atMs), door: 'door', reader, credential, user, by };
}

function contact(node: Pick<Node, 'atMs'>, open: boolean): Event {
  return { kind: 'contact', at: instant(node.atMs), door: 'door', open };
}

/** A start from what the disk holds, and the first report of the leaf. */
function begin(
  site: Site,
  from: { readonly tiny: Tiny; readonly disk: Disk; readonly atMs: number },
): { readonly node: Node; readonly rows: readonly string[] } {
  const { tiny, disk, atMs } = from;
  const records = [...disk.records].map(([key, record]) => ({ zone: 1, user: key.slice(2), record }));
  const stored = { boot: BOOT, records, passages: [...disk.passages.values()], facts: disk.facts };
  const state = restoreState(site, stored, instant(atMs));
  const node: Node = { state, tiny, queue: [], disk, written: disk.records, unlocked: false, atMs };
  const first: readonly Event[] = tiny.contact
    ? [contact(from, tiny.open)]
    : [{ kind: 'started', at: instant(atMs), version: 'tiny' }];
  const { node: begun, rows } = tell(site, node, { tiny, rows: [] }, first);
  return { node: begun, rows };
}

/** Tells the core, takes what it asks for, and keeps the rows that concern people. */
function tell(site: Site, before: Node, told: Told, events: readonly Event[]): Made {
  let node: Node = { ...before, tiny: told.tiny };
  const rows: string[] = [];
  for (const event of events) {
    const { state, effects } = step(site, node.state, event);
    node = { ...node, state };
    for (const effect of effects) {
      node = take(node, effect);
      if (effect.kind === 'commit') rows.push(...effect.commit.rows.flatMap(nameOf));
    }
  }
  return { node, rows, expected: told.rows };
}

/** Time passes: the core is woken when it asked to be. */
function pass(site: Site, before: Node, told: Told): Made {
  const untilMs = before.atMs + WAIT_MS;
  let node: Node = { ...before, tiny: told.tiny };
  const rows: string[] = [];
  for (;;) {
    const wakeMs = nextWakeMs(node.state, instant(node.atMs));
    if (wakeMs === undefined || wakeMs > untilMs) break;
    const atMs = Math.max(wakeMs, node.atMs);
    const made = tell(site, { ...node, atMs }, { tiny: told.tiny, rows: [] }, [
      { kind: 'tick', at: instant(atMs) },
    ]);
    // A core that wants to be woken in the past again and again would never let time pass.
    if (made.node.state === node.state) break;
    node = made.node;
    rows.push(...made.rows);
  }
  return { node: { ...node, atMs: untilMs }, rows, expected: told.rows };
}

function take(node: Node, effect: Effect): Node {
  if (effect.kind === 'unlock') return { ...node, unlocked: true };
  if (effect.kind === 'lock') return { ...node, unlocked: false };
  if (effect.kind !== 'commit') return node;
  const written = new Map(node.written);
  for (const row of effect.commit.rows) applyRecords(written, row);
  return { ...node, written, queue: [...node.queue, effect.commit] };
}

function store(disk: Disk, commits: readonly Commit[]): Disk {
  const records = new Map(disk.records);
  const passages = new Map(disk.passages);
  const facts = new Map(disk.facts);
  for (const commit of commits) {
    for (const row of commit.rows) applyRecords(records, row);
    for (const change of commit.passages) {
      if (change.kind === 'put') passages.set(change.passage.id, change.passage);
      else passages.delete(change.id);
    }
    for (const { key, value } of commit.facts) facts.set(key, value);
  }
  return { records, passages, facts };
}

const personal = new Set<LogRow['kind']>([
  'access-granted',
  'access-denied',
  'access-taken',
  'no-entry-after-grant',
  'grant-withdrawn',
  'passback-violation',
]);

function nameOf(row: LogRow): readonly string[] {
  if (!personal.has(row.kind)) return [];
  const side = row.reader === 'in' ? 'entry' : 'exit';
  return [`${row.kind} ${row.user} ${side}${row.reason === undefined ? '' : ` ${row.reason}`}`];
}

function main(depth: number): number {
  for (const hasContact of [false, true]) {
    const begun = performance.now();
    const { sequences, steps, failure } = enumerate(hasContact, depth);
    const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
    const scope = `${hasContact ? 'with' : 'without'} contact: ${sequences} sequences, ${steps} steps, ${seconds} s`;
    process.stdout.write(`${scope}${failure === undefined ? '' : `\nfails: ${failure}`}\n`);
    if (failure !== undefined) return 1;
  }
  return 0;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.exitCode = main(Number(process.argv[2] ?? 6));
