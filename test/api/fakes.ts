/**
 * A web edge to knock at: the real createWeb on a real port, on a real database. FAKE is the control thread
 * only: it writes down every request, applies writes with the real store, and answers for doors by a script.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebSite } from '../../src/api/context.js';
import { createPasswords } from '../../src/api/password.js';
import { createWeb, type Web, type WebParts } from '../../src/api/web.js';
import { cardsOf } from '../../src/cards.js';
import type { Answer } from '../../src/core/decision.js';
import type { Commit } from '../../src/core/effects.js';
import type { LogRow } from '../../src/core/log.js';
import type { ManagementWrite, Role, StoredSource, WriteOp, WriteResult } from '../../src/core/management.js';
import type { Instant } from '../../src/core/model.js';
import type { OsdpAnswer, OsdpAsk } from '../../src/core/osdp.js';
import type { Reads } from '../../src/core/reads.js';
import type { ControlReply, ControlRequest, LearnState, UnknownCard } from '../../src/core/requests.js';
import type { ZoneRecord } from '../../src/core/state.js';
import { machineOf } from '../../src/machine.js';
import { createSiteCheck } from '../../src/siteCheck.js';
import { createDatabase } from '../../src/storage/database.js';
import { migrate } from '../../src/storage/migrations/migrate.js';
import { openReads } from '../../src/storage/reads.js';
import { createStore } from '../../src/storage/store.js';

export const claimCode = 'ABCD-EFGH-JKLM-NPQR';

export interface Edge {
  readonly web: Web;
  readonly url: string;
  readonly port: number;
  readonly reads: Reads;
  /** Everything asked of the control thread but writes. */
  readonly asked: ControlRequest[];
  /** Every management write asked for. */
  readonly writes: Extract<ControlRequest, { kind: 'write' }>[];
  readonly logLines: string[];
  /** Writes wait for this before they are stored; at once without. */
  storing?: Promise<void>;
  /** What the control thread answers to a door request; replace it at will. */
  answer: (request: ControlRequest) => Promise<Answer> | Answer;
  /** What stands at every door; replace it at will. */
  doorFlags: Readonly<Record<string, 'locked' | 'unlocked'>>;
  /** What is being learned at a reader; replace it at will. */
  learning: (reader: string) => LearnState;
  /** What it answers about OSDP readers; replace it at will. */
  osdp: (ask: OsdpAsk) => OsdpAnswer;
  clock: { monoMs: number; wallMs: number };
  /** Stores something behind the API's back and tells it. */
  put(...ops: WriteOp[]): void;
  /** Logs a passage that makes a zone record, as the core would. */
  record(zone: number, user: string, record: ZoneRecord): void;
  /** Logs a row as the core would, with the uses that go with it. */
  log(row: Omit<LogRow, 'at'>, uses?: Commit['uses']): void;
  /** Cards nobody has, as the control thread keeps them. */
  readonly unknowns: Map<string, UnknownCard>;
  /** A good token of an operator with this role. */
  token(role: Role, lifeMs?: number): string;
  end(): Promise<void>;
}

export const site: WebSite = {
  doors: [
    { id: 'lobby', number: 1, name: 'Lobby', hasContact: true },
    { id: 'lab', number: 2, name: 'Lab', hasContact: false },
    { id: 'store', number: 3, name: 'Store', hasContact: false },
  ],
  readers: [
    { id: 'lobby-in', name: 'Lobby in', door: 'lobby', direction: 'entry' },
    { id: 'lobby-out', name: 'Lobby out', door: 'lobby', direction: 'exit' },
    { id: 'lab-in', name: 'Lab in', door: 'lab', direction: 'entry' },
  ],
  name: 'Test site',
  timeZone: 'Europe/Berlin',
  board: 'mock',
  http: { failuresPerMinute: 100_000 },
};

export const cards = cardsOf([]);

export async function openEdge(more: Partial<WebSite> = {}, tls?: WebParts['tls']): Promise<Edge> {
  const back = openBack();
  const { reads } = back;
  const edge = {
    asked: [],
    writes: [],
    unknowns: new Map(),
    logLines: [],
    clock: { monoMs: 1_000, wallMs: Date.UTC(2026, 0, 5) },
    reads,
    answer: () => ({ kind: 'denied', reason: 'unknown-credential' }),
    doorFlags: {},
    learning: (reader: string) => ({ reader, phase: 'off' }),
    osdp: () => ({ answer: 'lines', lines: [] }),
  } as unknown as { -readonly [K in keyof Edge]: Edge[K] };
  const apply = (write: ManagementWrite) =>
    back.transaction((store) => store.management.apply(write, { ...edge.clock, trust: 'ntp' }));
  const line = (level: string) => (fields: object, text: string) =>
    void edge.logLines.push(`${level} ${text} ${JSON.stringify(fields)}`);
  edge.web = createWeb({
    control: controlOf(edge, apply),
    reads,
    site: { ...site, ...more },
    cards,
    now: () => edge.clock,
    log: { info: line('info'), warn: line('warn'), error: line('error') },
    version: '0.0.0-test',
    machine: machineOf({ dbPath: back.path, timeZone: 'Europe/Berlin', warnings: [] }),
    checkSite: createSiteCheck(),
    backups: { open: () => undefined, store: async () => 'exists' },
    ...(tls === undefined ? {} : { tls }),
    passwords: createPasswords(randomBytes, { N: 1_024, r: 8, p: 1 }),
  });
  edge.put = (...ops) => {
    const result = apply({ by: { kind: 'system' }, ops });
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    edge.web.changed();
  };
  let commits = 1_000;
  edge.log = (row, uses = []) => {
    const at = { ...edge.clock, trust: 'ntp' } as const;
    commits += 1;
    const commit = { id: commits, rows: [{ ...row, at }], passages: [], facts: [], uses };
    back.transaction((store) => store.doors.apply([commit]));
    edge.web.appended(reads.lastSeq());
  };
  edge.record = (zone, user, record) => {
    back.transaction((store) =>
      store.doors.apply([
        passage(store.doors.through() + 1, { ...edge.clock, trust: 'ntp' }, zone, user, record),
      ]),
    );
    edge.web.appended(reads.lastSeq());
  };
  edge.put({
    op: 'put',
    collection: 'settings',
    id: 'claim-code-hash',
    body: { id: 'claim-code-hash', value: sha256(claimCode.replaceAll('-', '')) },
  });
  edge.token = (role, lifeMs = 3_600_000) => putToken(edge, role, lifeMs);
  edge.port = (await edge.web.listen('127.0.0.1', 0)).port;
  edge.url = `http://127.0.0.1:${edge.port}`;
  edge.end = async () => {
    await edge.web.close();
    back.end();
  };
  return edge;
}

type Store = ReturnType<typeof createStore>;

/** What stands behind the edge: the real store on a database of its own. */
interface Back {
  readonly path: string;
  readonly reads: Reads;
  transaction<T>(work: (store: Store) => T): T;
  end(): void;
}

function openBack(): Back {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-api-'));
  const path = join(folder, 'sallyport.db');
  const db = createDatabase(path);
  migrate(db);
  const store = createStore(db, { boot: 'boot-1', session: 'session-1' });
  const reads = openReads(path);
  return {
    path,
    reads,
    transaction: (work) => {
      store.begin();
      const result = work(store);
      store.commit();
      return result;
    },
    end: () => {
      reads.close();
      store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** FAKE: the control thread, as the head of this file says. */
function controlOf(
  edge: Pick<
    Edge,
    'asked' | 'writes' | 'storing' | 'answer' | 'unknowns' | 'learning' | 'osdp' | 'doorFlags'
  >,
  apply: (write: ManagementWrite) => WriteResult,
): (request: ControlRequest) => Promise<ControlReply> {
  return async (request) => {
    if (request.kind === 'write') {
      edge.writes.push(request);
      await edge.storing;
      return { kind: 'written', result: apply(request.write) };
    }
    edge.asked.push(request);
    if (request.kind === 'status') return { kind: 'status', status: status(edge.doorFlags) };
    if (request.kind === 'unknown-card') {
      const card = edge.unknowns.get(request.handle);
      return { kind: 'unknown-card', ...(card === undefined ? {} : { card }) };
    }
    if (request.kind === 'learn' || request.kind === 'learned') {
      const known = site.readers.some(({ id }) => id === request.reader);
      return known
        ? { kind: 'learning', learning: edge.learning(request.reader) }
        : { kind: 'error', error: 'unknown-reader' };
    }
    if (request.kind === 'explain') return explained(request);
    if (request.kind === 'osdp') return { kind: 'osdp', answer: edge.osdp(request.ask) };
    if (request.kind === 'mock-lines') return { kind: 'lines', lines: [] };
    if (request.kind.startsWith('mock-')) return { kind: 'done' };
    return { kind: 'answer', answer: await edge.answer(request) };
  };
}

/** The controller knows neither Zoe nor the moon. */
function explained({ user, reader }: Extract<ControlRequest, { kind: 'explain' }>): ControlReply {
  if (reader === 'moon') return { kind: 'error', error: 'unknown-reader' };
  if (user === 'zoe') return { kind: 'error', error: 'unknown-user' };
  const zones = [{ zone: 1, says: 'passback' }];
  const checks = [{ check: 'passback', answer: 'refuses', reason: 'passback', zones }] as const;
  return { kind: 'explained', explained: { decision: 'denied', reason: 'passback', checks } };
}

/** A commit of one counted passage. */
function passage(id: number, at: Instant, zone: number, user: string, record: ZoneRecord): Commit {
  const row = {
    kind: 'access-taken',
    at,
    zone,
    user,
    userName: 'Ann',
    records: [{ kind: 'set', zone, user, record }],
  } as const;
  return { id, rows: [row], passages: [], facts: [] };
}

function putToken(edge: Edge, role: Role, lifeMs: number): string {
  const secret = createHash('sha256').update(`${role} ${lifeMs} ${Math.random()}`).digest('base64url');
  const operator = { id: role, name: role, role, passwordHash: 'none', disabled: false };
  const { wallMs } = edge.clock;
  const hash = sha256(secret);
  const token = {
    id: hash.slice(0, 32),
    hash,
    operator: role,
    role,
    createdMs: wallMs,
    expiresMs: wallMs + lifeMs,
  };
  edge.put(
    { op: 'put', collection: 'operators', id: role, body: operator },
    { op: 'put', collection: 'tokens', id: token.id, body: token },
  );
  return secret;
}

/** A source on the loopback with every scheme; password `door-secret`. */
export function source(more: Partial<StoredSource> = {}): StoredSource {
  return {
    id: 'a05',
    name: 'A05 at the gate',
    enabled: true,
    addresses: ['127.0.0.1'],
    username: 'opener',
    ha1Md5: createHash('md5').update('opener:HTTPAPI:door-secret').digest('hex'),
    ha1Sha256: sha256('opener:HTTPAPI:door-secret'),
    schemes: ['digest-sha256', 'digest-md5', 'basic'],
    legacyForm: false,
    doors: ['lobby', 'lab'],
    direction: 'wire',
    numericMode: '1-2',
    codeFormat: '8HN',
    identifyBy: 'code',
    missingCode: 'refuse',
    repeatMs: 1_000,
    ...more,
  };
}

export function putSource(edge: Edge, more: Partial<StoredSource> = {}): void {
  const body = source(more);
  edge.put({ op: 'put', collection: 'sources', id: body.id, body });
}

export const basic = `Basic ${Buffer.from('opener:door-secret').toString('base64')}`;

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function status(flags: Edge['doorFlags'] = {}): Extract<ControlReply, { kind: 'status' }>['status'] {
  const state = {
    leaf: 'closed',
    flags,
    rexActive: false,
    unlocked: false,
    alarm: 'none',
    extendedOpen: false,
  };
  return {
    board: 'mock',
    boot: 'boot-1',
    doors: site.doors.map(({ id }) => ({
      id,
      state: { ...state, leaf: 'closed', alarm: 'none' },
      waiting: 0,
    })),
    readers: [{ id: 'lobby-in', frames: 3, parityErrors: 0, lengthErrors: 0, noise: 1, lastSeenWallMs: 5 }],
    zones: [{ id: 1, alarmed: true, records: 2, inside: 1, lockdown: false, musterSinceMs: 5_000 }],
    storage: 'ok',
    fire: 'off',
    clock: { wallMs: 1_000, monoMs: 5, trust: 'ntp' },
    rowsWaiting: 0,
  };
}
