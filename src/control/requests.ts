/** What other threads ask of the control thread: translated into events, answered when the core answers. */
import type { Answer } from '../core/decision.js';
import type { Collection, ManagementWrite, WriteResult } from '../core/management.js';
import type { Actor, DoorId, PresentedCredential, ReaderId, Site, UserFacts, UserId } from '../core/model.js';
import type { ControlReply, ControlRequest, Lookup, MockLine, ReaderHealth } from '../core/requests.js';
import type { Controller } from './controller.js';

export interface RequestDeps {
  readonly controller: Controller;
  readonly findUser: (lookup: Lookup) => UserFacts | undefined;
  /** The site as stored now. */
  readonly readSite: () => Site;
  /** Hands a management write to storage; `written` is called with its number later. */
  readonly store: (id: number, write: ManagementWrite) => void;
  /** Stored data changed that the web thread keeps copies of. */
  readonly changed: (collections: ReadonlySet<Collection>) => void;
  readonly board: string;
  readonly health: () => readonly ReaderHealth[];
  readonly now: () => { readonly wallMs: number; readonly monoMs: number; readonly trust: string };
  readonly setTimer: (callback: () => void, ms: number) => () => void;
  /** Absent unless the mock is the configured board. */
  readonly mock?: MockControls;
}

export interface MockControls {
  present(reader: ReaderId, what: { readonly bits: string } | { readonly pin: string }): boolean;
  contact(door: DoorId, open: boolean): boolean;
  rex(door: DoorId, active: boolean): boolean;
  lines(): readonly MockLine[];
}

/** A read at a reader of ours, decoded. */
export interface ReaderRead {
  readonly reader: ReaderId;
  readonly lookup: Lookup;
  readonly credential: PresentedCredential;
}

export interface Requests {
  handle(request: ControlRequest, reply: (reply: ControlReply) => void): void;
  /** Somebody presented something at a reader of ours. */
  read(read: ReaderRead): void;
  answered(request: string, answer: Answer): void;
  written(id: number, result: WriteResult): void;
  /** Storage is gone: every write it had is answered, its outcome unknown to us but for the log. */
  storageGone(error: string): void;
}

/** Requests from the web thread that may wait at once; more is refused as busy. */
const WAITING_MAX = 4_096;

/** What a decision depends on; a change of these is not overtaken by a decision made on the old state. */
const decisive: ReadonlySet<Collection> = new Set([
  'users',
  'credentials',
  'groups',
  'access-rights',
  'schedules',
  'holidays',
  'zones',
  'doors',
]);

/** Those of which the control thread keeps a copy: the site. */
const inSite: ReadonlySet<Collection> = new Set([
  'groups',
  'access-rights',
  'schedules',
  'holidays',
  'zones',
  'doors',
]);

interface Write {
  readonly write: ManagementWrite;
  readonly reply: (reply: ControlReply) => void;
}

export function createRequests(deps: RequestDeps): Requests {
  const waiting = new Map<string, (reply: ControlReply) => void>();
  const writes = new Map<number, Write>();
  const held: (() => void)[] = [];
  const holding = new Set<number>();
  let nextId = 1;
  let cancelHold = (): void => undefined;

  const ask = (reply: (reply: ControlReply) => void): string => {
    const id = String(nextId++);
    waiting.set(id, reply);
    return id;
  };

  /**
   * Decisions wait while a change they depend on is on its way to the disk, so that none is made on the old
   * state and logged after the change (invariant I12); no longer than a grant may wait for storage.
   */
  const whenFree = (decide: () => void): void => {
    if (holding.size === 0) decide();
    else held.push(decide);
  };

  const hold = (id: number): void => {
    if (holding.size === 0) cancelHold = deps.setTimer(release, deps.controller.site().storageDeadlineMs);
    holding.add(id);
  };

  const unhold = (id: number): void => {
    if (holding.delete(id) && holding.size === 0) release();
  };

  const release = (): void => {
    cancelHold();
    holding.clear();
    for (const decide of held.splice(0)) decide();
  };

  const access = (read: AccessRead, request: string | undefined): void => {
    const { door, reader, lookup, credential, by, refused, claimed } = read;
    const user = refused === undefined ? deps.findUser(lookup) : undefined;
    deps.controller.submit({
      kind: 'access-requested',
      door,
      credential,
      by,
      ...(reader === undefined ? {} : { reader }),
      ...(user === undefined ? {} : { user }),
      ...(request === undefined ? {} : { request }),
      ...(refused === undefined ? {} : { refused }),
      ...(claimed === undefined ? {} : { claimed }),
    });
  };

  const startWrite = (write: ManagementWrite, reply: (reply: ControlReply) => void): void => {
    const id = nextId++;
    writes.set(id, { write, reply });
    if (write.ops.some((op) => decisive.has(op.collection))) hold(id);
    deps.store(id, write);
  };

  const written = (id: number, result: WriteResult): void => {
    const done = writes.get(id);
    if (done === undefined) return;
    writes.delete(id);
    if (result.ok) apply(done.write);
    unhold(id);
    done.reply({ kind: 'written', result });
  };

  const apply = (write: ManagementWrite): void => {
    const collections = new Set(write.ops.map((op) => op.collection));
    const forgottenUsers = write.ops.flatMap((op): UserId[] =>
      op.collection === 'users' && op.op === 'delete' ? [op.id] : [],
    );
    if (forgottenUsers.length > 0 || [...collections].some((name) => inSite.has(name))) {
      deps.controller.submit({ kind: 'site-changed', site: deps.readSite(), forgottenUsers });
    }
    deps.changed(collections);
  };

  return {
    handle: (request, reply) => {
      if (waiting.size + writes.size >= WAITING_MAX) {
        reply({ kind: 'error', error: 'busy' });
        return;
      }
      switch (request.kind) {
        case 'access':
          whenFree(() => access(request, ask(reply)));
          return;
        case 'door-command':
        case 'clear-zone':
        case 'set-zone-alarm':
        case 'fire-reset':
          deps.controller.submit({ ...request, request: ask(reply) });
          return;
        case 'write':
          startWrite(request.write, reply);
          return;
        case 'status':
          reply(statusOf(deps));
          return;
        default:
          reply(
            deps.mock === undefined
              ? { kind: 'error', error: 'mock-not-configured' }
              : play(deps.mock, request),
          );
      }
    },
    read: ({ reader, lookup, credential }) => {
      const door = deps.controller.site().readers.get(reader)?.door;
      if (door === undefined) return;
      whenFree(() => access({ door, reader, lookup, credential, by: { kind: 'reader', reader } }, undefined));
    },
    answered: (request, answer) => {
      const reply = waiting.get(request);
      waiting.delete(request);
      reply?.({ kind: 'answer', answer });
    },
    written,
    storageGone: (error) => {
      for (const id of [...writes.keys()])
        written(id, { ok: false, error: { kind: 'storage', message: error } });
    },
  };
}

interface AccessRead {
  readonly door: DoorId;
  readonly reader?: ReaderId;
  readonly lookup: Lookup;
  readonly credential: PresentedCredential;
  readonly by: Actor;
  readonly refused?: 'no-code' | 'bad-mode' | 'unknown-reader' | 'source-not-allowed';
  readonly claimed?: { readonly name?: string; readonly unlockType?: string };
}

function statusOf(deps: RequestDeps): ControlReply {
  const state = deps.controller.state();
  const site = deps.controller.site();
  return {
    kind: 'status',
    status: {
      board: deps.board,
      boot: state.boot,
      doors: [...state.doors].map(([id, { waiting, ...door }]) => ({
        id,
        state: door,
        waiting: waiting.length,
      })),
      readers: deps.health(),
      zones: [...site.zones.keys()].map((id) => ({
        id,
        alarmed: state.alarmedZones.has(id),
        records: state.records.get(id)?.size ?? 0,
      })),
      storage: state.storage,
      fire: state.fire,
      clock: deps.now(),
      rowsWaiting: deps.controller.rowsWaiting(),
    },
  };
}

type MockRequest = Extract<ControlRequest, { kind: `mock-${string}` }>;

function play(mock: MockControls, request: MockRequest): ControlReply {
  switch (request.kind) {
    case 'mock-present':
      return mock.present(request.reader, request.what)
        ? { kind: 'done' }
        : { kind: 'error', error: 'unknown-reader' };
    case 'mock-contact':
      return mock.contact(request.door, request.open)
        ? { kind: 'done' }
        : { kind: 'error', error: 'no-line' };
    case 'mock-rex':
      return mock.rex(request.door, request.active) ? { kind: 'done' } : { kind: 'error', error: 'no-line' };
    case 'mock-lines':
      return { kind: 'lines', lines: mock.lines() };
  }
}
