/** What other threads ask of the control thread: translated into events, answered when the core answers. */
import type { BackupAnswer, BackupAsk } from '../core/backups.js';
import type { Answer } from '../core/decision.js';
import type { AccessRequested } from '../core/events.js';
import type { OutboundAnswer, OutboundAsk } from '../core/hooks.js';
import type { WriteResult } from '../core/management.js';
import type { DoorId, Instant, PresentedCredential, ReaderId, UserFacts } from '../core/model.js';
import type { OsdpAnswer, OsdpAsk } from '../core/osdp.js';
import type {
  ControlReply,
  ControlRequest,
  Lookup,
  MockLine,
  ReaderHealth,
  UnknownCard,
} from '../core/requests.js';
import type { WiegandFormat } from '../readers/wiegand/formats.js';
import type { Controller } from './controller.js';
import type { Forwards } from './forwards.js';
import { createHolds, type Holds } from './holds.js';
import { createLearning, type LearnDeps, type Learning } from './learning.js';
import { createUnknowns, type Unknowns } from './unknowns.js';
import { createWrites, type WriteDeps } from './writes.js';
import { explainTo, zoneNow } from './zoneAnswers.js';

export interface RequestDeps extends Omit<WriteDeps, 'holds'> {
  readonly findUser: (lookup: Lookup) => UserFacts | undefined;
  readonly board: string;
  readonly backups: (ask: BackupAsk, reply: (answer: BackupAnswer) => void) => void;
  /** Asks the thread that calls others. */
  readonly outbound: (ask: OutboundAsk, reply: (answer: OutboundAnswer) => void) => void;
  readonly health: () => readonly ReaderHealth[];
  /** Questions about readers on serial lines. */
  readonly osdp: (ask: OsdpAsk, reply: (answer: OsdpAnswer) => void) => void;
  /** The card formats there are, those of the site included. */
  readonly formats: ReadonlyMap<string, WiegandFormat>;
  readonly now: () => Instant;
  readonly setTimer: (callback: () => void, ms: number) => () => void;
  /** Absent unless the mock is the configured board. */
  readonly mock?: MockControls;
  /** Absent where no reader forwards. */
  readonly forwards?: Pick<Forwards, 'keep' | 'hold' | 'drop'>;
}

export interface MockControls {
  present(reader: ReaderId, what: { readonly bits: string } | { readonly pin: string }): boolean;
  contact(door: DoorId, open: boolean): boolean;
  rex(door: DoorId, active: boolean): boolean;
  tamper(reader: ReaderId, active: boolean): boolean;
  fire(active: boolean): boolean;
  lines(): readonly MockLine[];
}

/** A read at a reader of ours, decoded. */
export interface ReaderRead {
  readonly reader: ReaderId;
  readonly lookup: Lookup;
  readonly credential: PresentedCredential;
  /** Whole, for readers that forward: card payload hex, or the digits of a PIN. */
  readonly code?: string;
  /** The card whole, so that it can be enrolled if nobody has it. */
  readonly card?: UnknownCard;
  /** By the reader's own rule: nobody looks whose it is. */
  readonly refused?: 'wrong-facility';
}

export interface Requests {
  handle(request: ControlRequest, reply: (reply: ControlReply) => void): void;
  /** Somebody presented something at a reader of ours. */
  read(read: ReaderRead): void;
  /** Goes through a card's read that may be told in a moment, so that it is quick then; nothing comes of it. */
  rehearse(read: Pick<ReaderRead, 'reader' | 'lookup' | 'credential'>): void;
  /** A whole frame at a reader of ours that no key sends; true = it was learned, and is no card. */
  learn(reader: ReaderId, bits: string): boolean;
  answered(request: string, answer: Answer): void;
  written(id: number, result: WriteResult): void;
  /** Storage is gone: every write it had is answered, its outcome unknown to us but for the log. */
  storageGone(error: string): void;
}

/** Requests from the web thread that may wait at once; more is refused as busy. */
const WAITING_MAX = 4_096;

/** The control thread's side of everything it can be asked. */
export function createRequests(deps: RequestDeps): Requests {
  const { controller } = deps;
  const waiting = new Map<string, (reply: ControlReply) => void>();
  const holds = createHolds(() => controller.site().storageDeadlineMs, deps.setTimer);
  const unknowns = createUnknowns(() => deps.now().monoMs);
  const asking = { ...deps, unknowns };
  const writes = createWrites({ ...deps, holds });
  const nowMonoMs = (): number => deps.now().monoMs;
  const learning = createLearning({ formats: deps.formats, nowMonoMs, learned: noteLearned(controller) });
  let nextId = 1;
  const ask = (reply: (reply: ControlReply) => void): string => {
    const id = String(nextId++);
    waiting.set(id, reply);
    return id;
  };
  return {
    handle: (request, reply) => {
      if (waiting.size + writes.pending() >= WAITING_MAX) {
        reply({ kind: 'error', error: 'busy' });
        return;
      }
      switch (request.kind) {
        case 'access': {
          const id = ask(reply);
          holds.whenFree(() => requestAccess(asking, request, id));
          return;
        }
        case 'door-command':
        case 'door-commands':
        case 'clear-zone':
        case 'set-zone-alarm':
        case 'set-door-alarm':
        case 'muster':
        case 'zone-lockdown':
        case 'fire-reset':
          controller.submit({ ...request, request: ask(reply) });
          return;
        case 'assign': {
          const facts = deps.findUser({ by: 'id', id: request.user });
          controller.submit({ ...request, ...(facts && { facts }), request: ask(reply) });
          return;
        }
        case 'write':
          writes.start(request.write, reply);
          return;
        case 'unknown-card':
          reply(replyOf(unknowns.find(request.handle)));
          return;
        case 'learn':
        case 'learned':
          reply(learn(controller, learning, request));
          return;
        default:
          answerOther(deps, request, reply);
      }
    },
    read: (read) => readAt(asking, holds, read),
    rehearse: (read) => rehearseAt(deps, read),
    learn: learning.take,
    answered: (request, answer) => {
      const reply = waiting.get(request);
      waiting.delete(request);
      reply?.({ kind: 'answer', answer });
    },
    written: writes.written,
    storageGone: writes.storageGone,
  };
}

/** What neither the core nor storage has a part in. */
function answerOther(
  deps: RequestDeps,
  request: StatusRequest | MockRequest,
  reply: (reply: ControlReply) => void,
): void {
  switch (request.kind) {
    case 'status':
      reply(statusOf(deps));
      return;
    case 'explain':
      reply(explainTo(deps, request));
      return;
    case 'osdp':
    case 'backup':
    case 'outbound':
      askOthers(deps, request, reply);
      return;
    default:
      reply(play(deps.mock, request));
  }
}

type StatusRequest = Extract<ControlRequest, { kind: 'status' | 'explain' }> | OthersRequest;

type Asking = RequestDeps & { readonly unknowns: Unknowns };

/** Somebody stands at a reader of ours. */
function readAt(deps: Asking, holds: Holds, { reader, code, card, ...read }: ReaderRead): void {
  const found = deps.controller.site().readers.get(reader);
  if (found === undefined) return;
  const { door } = found;
  const by = { kind: 'reader', reader } as const;
  const forward = found.forwards === true && code !== undefined ? deps.forwards?.keep(code) : undefined;
  holds.whenFree(() => {
    requestAccess(deps, { door, reader, ...read, by }, undefined, forward, card);
    if (forward === undefined) return;
    // A card that waits for its PIN is sent on when that has come.
    const waits = deps.controller.state().pinWaits.get(reader)?.asked.forward === forward;
    if (waits) deps.forwards?.hold(forward, reader);
    else deps.forwards?.drop(forward);
  });
}

/** What is found and decided is dropped: the state, the log and the list of unknown cards stay as they are. */
function rehearseAt(
  { controller, findUser }: Pick<RequestDeps, 'controller' | 'findUser'>,
  { reader, lookup, credential }: Pick<ReaderRead, 'reader' | 'lookup' | 'credential'>,
): void {
  const door = controller.site().readers.get(reader)?.door;
  const user = findUser(lookup);
  if (door === undefined || user === undefined) return;
  const by = { kind: 'reader', reader } as const;
  controller.rehearse({ kind: 'access-requested', door, reader, credential, user, by });
}

type OthersRequest = Extract<ControlRequest, { kind: 'osdp' | 'backup' | 'outbound' }>;

/** What the core has no part in goes on to who knows. */
function askOthers(deps: RequestDeps, request: OthersRequest, reply: (reply: ControlReply) => void): void {
  switch (request.kind) {
    case 'osdp':
      deps.osdp(request.ask, (answer) => reply({ kind: 'osdp', answer }));
      return;
    case 'backup':
      deps.backups(request.ask, (answer) => reply({ kind: 'backup', answer }));
      return;
    case 'outbound':
      deps.outbound(request.ask, (answer) => reply({ kind: 'outbound', answer }));
  }
}

/** Finds the user at the moment of the decision, never earlier. */
function requestAccess(
  deps: Asking,
  read: AccessRead,
  request: string | undefined,
  forward?: string,
  card?: UnknownCard,
): void {
  const { door, reader, lookup, credential, by, refused, claimed } = read;
  const user = refused === undefined ? deps.findUser(lookup) : undefined;
  const unknown = user === undefined && refused === undefined ? (card ?? cardOf(lookup)) : undefined;
  const enrol = unknown === undefined ? undefined : deps.unknowns.keep(unknown);
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
    ...(forward === undefined ? {} : { forward }),
    ...(enrol === undefined ? {} : { enrol }),
  });
}

function replyOf(card: UnknownCard | undefined): ControlReply {
  return { kind: 'unknown-card', ...(card === undefined ? {} : { card }) };
}

/** What could be enrolled of a look-up; never a PIN. */
function cardOf(lookup: Lookup): UnknownCard | undefined {
  const [first] = lookup.by === 'secret' ? lookup.candidates : [];
  if (first === undefined || first.kind === 'pin') return undefined;
  return { ...first, kind: first.kind };
}

type AccessRead = Omit<Extract<ControlRequest, { kind: 'access' }>, 'kind' | 'refused'> &
  Pick<AccessRequested, 'refused'>;

type LearnRequest = Extract<ControlRequest, { kind: 'learn' | 'learned' }>;

function noteLearned(controller: Controller): LearnDeps['learned'] {
  return (reader, bits, formats) =>
    controller.submit({ kind: 'learning', reader, phase: 'read', detail: { bits, formats } });
}

/** Arming and stopping stand in the log; what was learned does not. */
function learn(controller: Controller, learning: Learning, request: LearnRequest): ControlReply {
  const { reader } = request;
  if (!controller.site().readers.has(reader)) return { kind: 'error', error: 'unknown-reader' };
  if (request.kind === 'learn') {
    const { by, forMs, command } = request;
    const armed = command === 'arm';
    if (armed) learning.arm(reader, forMs);
    else learning.stop(reader);
    const detail = armed ? { forMs } : {};
    controller.submit({ kind: 'learning', reader, phase: armed ? 'armed' : 'stopped', by, detail });
  }
  return { kind: 'learning', learning: learning.state(reader) };
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
      readers: deps
        .health()
        .map((one) => (state.unreadables.get(one.id)?.alarmed === true ? { ...one, alarm: true } : one)),
      zones: [...site.zones.keys()].map((id) => zoneNow(state, id)),
      storage: state.storage,
      fire: state.fire,
      clock: deps.now(),
      rowsWaiting: deps.controller.rowsWaiting(),
    },
  };
}

type MockRequest = Extract<ControlRequest, { kind: `mock-${string}` }>;

function play(mock: MockControls | undefined, request: MockRequest): ControlReply {
  if (mock === undefined) return { kind: 'error', error: 'mock-not-configured' };
  switch (request.kind) {
    case 'mock-present':
      return mock.present(request.reader, request.what)
        ? { kind: 'done' }
        : { kind: 'error', error: 'unknown-reader' };
    case 'mock-contact':
      return driven(mock.contact(request.door, request.open));
    case 'mock-rex':
      return driven(mock.rex(request.door, request.active));
    case 'mock-tamper':
      return driven(mock.tamper(request.reader, request.active));
    case 'mock-fire':
      return driven(mock.fire(request.active));
    case 'mock-lines':
      return { kind: 'lines', lines: mock.lines() };
  }
}

function driven(done: boolean): ControlReply {
  return done ? { kind: 'done' } : { kind: 'error', error: 'no-line' };
}
