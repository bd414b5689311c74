import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Commit } from '../../src/core/effects.js';
import type { LogRow, RecordChange } from '../../src/core/log.js';
import type { StoredUser, WriteOp, WriteResult } from '../../src/core/management.js';
import type { Instant, Zone } from '../../src/core/model.js';
import type { Reads } from '../../src/core/reads.js';
import type { ZoneRecord } from '../../src/core/state.js';
import type { Connection } from '../../src/storage/database.js';
import type { FromStorage, StorageToWeb } from '../../src/storage/messages.js';
import { openReads } from '../../src/storage/reads.js';
import { Writer } from '../../src/storage/writer.js';

/** A writer on a folder of its own; the clock is a number and stands still unless told. */
export interface Scene {
  readonly dataDir: string;
  readonly dbPath: string;
  readonly posts: FromStorage[];
  readonly web: StorageToWeb[];
  writer: Writer;
  readonly reads: Reads;
  /** Lets time pass and runs what is due; 0 = what is due now. */
  advance(ms: number): void;
  /** One management write, committed by itself. */
  write(...ops: WriteOp[]): WriteResult;
  /** A new writer on the same folder; the old one must be closed or abandoned. */
  restart(session?: string): void;
  end(): void;
}

export interface SceneOptions {
  readonly dataDir?: string;
  readonly open?: (path: string) => Connection;
  /** Milliseconds the clock moves at each look at it. */
  readonly tickMs?: number;
  readonly ballastBytes?: number;
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'sallyport-storage-'));
}

export function openScene(options: SceneOptions = {}): Scene {
  const dataDir = options.dataDir ?? newFolder();
  const dbPath = join(dataDir, 'sallyport.db');
  const posts: FromStorage[] = [];
  const web: StorageToWeb[] = [];
  const clock = createClock(options.tickMs ?? 0);
  let reads: Reads | undefined;
  let nextWrite = 1;
  const start = (session: string): Writer =>
    new Writer({
      dataDir,
      boot: 'boot-1',
      session,
      nowMs: clock.nowMs,
      wallMs: () => Date.UTC(2026, 0, 1),
      post: (message) => posts.push(structuredClone(message)),
      postWeb: (message) => web.push(message),
      schedule: clock.schedule,
      ballastBytes: options.ballastBytes ?? 4096,
      ...(options.open === undefined ? {} : { open: options.open }),
    });
  const scene: Scene = {
    dataDir,
    dbPath,
    posts,
    web,
    writer: start('session-1'),
    get reads() {
      reads ??= openReads(dbPath);
      return reads;
    },
    advance: clock.advance,
    write: (...ops) => {
      const id = nextWrite++;
      scene.writer.receive({ kind: 'write', id, at, write: { by: operator, ops } });
      scene.advance(0);
      const written = posts.find((post) => post.kind === 'written' && post.id === id);
      if (written?.kind !== 'written') throw new Error(`Write ${id} was not answered.`);
      return written.result;
    },
    restart: (session = 'session-1') => {
      clock.forget();
      reads?.close();
      reads = undefined;
      scene.writer = start(session);
    },
    end: () => {
      reads?.close();
      scene.writer.close();
      rmSync(dataDir, { recursive: true });
    },
  };
  return scene;
}

interface Clock {
  nowMs(): number;
  /** Lets time pass and runs what is due. */
  advance(ms: number): void;
  /** Runs `run` when its time has come; gives what takes it back. */
  schedule(delayMs: number, run: () => void): () => void;
  /** Drops everything scheduled. */
  forget(): void;
}

function createClock(tickMs: number): Clock {
  let nowMs = 0;
  let tasks: { readonly dueMs: number; readonly run: () => void }[] = [];
  return {
    nowMs() {
      nowMs += tickMs;
      return nowMs;
    },
    advance(ms) {
      nowMs += ms;
      for (let due = tasks.find((task) => task.dueMs <= nowMs); due !== undefined; ) {
        tasks = tasks.filter((task) => task !== due);
        due.run();
        due = tasks.find((task) => task.dueMs <= nowMs);
      }
    },
    schedule(delayMs, run) {
      const task = { dueMs: nowMs + delayMs, run };
      tasks.push(task);
      return () => {
        tasks = tasks.filter((other) => other !== task);
      };
    },
    forget() {
      tasks = [];
    },
  };
}

export const at: Instant = { monoMs: 1000.5, wallMs: 1_767_225_600_000, trust: 'ntp' };
export const operator = { kind: 'operator', operator: 'root' } as const;

export function row(over: Partial<LogRow> = {}): LogRow {
  return { kind: 'access-granted', at, door: 'lobby', reader: 'lobby-in', by: { kind: 'system' }, ...over };
}

export function commit(id: number, ...rows: LogRow[]): Commit {
  return { id, rows: rows.length > 0 ? rows : [row({ detail: { commit: id } })], passages: [], facts: [] };
}

export function record(over: Partial<ZoneRecord> = {}): ZoneRecord {
  return { direction: 'entry', reader: 'in', boot: 'boot-1', monoMs: 5, wallMs: 6, trusted: true, ...over };
}

export function setRecord(zone: number, user: string, over: Partial<ZoneRecord> = {}): RecordChange {
  return { kind: 'set', zone, user, record: record(over) };
}

export function user(id: string, over: Partial<StoredUser> = {}): StoredUser {
  return {
    id,
    name: `User ${id}`,
    enabled: true,
    groups: [],
    accessRights: [],
    extendedUnlock: false,
    supervisor: false,
    note: '',
    urls: [],
    ...over,
  };
}

export function putUser(id: string, over: Partial<StoredUser> = {}): WriteOp {
  return { op: 'put', collection: 'users', id, body: user(id, over) };
}

export function zone(id: number, over: Partial<Zone> = {}): Zone {
  return {
    id,
    name: `Zone ${id}`,
    type: 'hard',
    disabled: false,
    resetSeconds: 0,
    members: [
      { reader: 'in', direction: 'entry' },
      { reader: 'out', direction: 'exit' },
    ],
    bypassGroups: [],
    ...over,
  };
}

export function putZone(id: number, over: Partial<Zone> = {}): WriteOp {
  return { op: 'put', collection: 'zones', id: String(id), body: zone(id, over) };
}
