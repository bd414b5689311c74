/** What operators do to OSDP readers: look, key, find, move, and the vendors' own commands. */
import type { Actor, ReaderId } from '../core/model.js';
import type { OsdpAnswer, OsdpAsk, OsdpLineView, OsdpRefusal, PeripheralView } from '../core/osdp.js';
import type { Command } from '../readers/osdp/commands.js';
import type { BusEvent, PeripheralHealth } from '../readers/osdp/events.js';
import { isWeakKey } from '../readers/osdp/weakKey.js';
import type { KeyEnd } from './osdpKeying.js';
import type { KeyStore } from './osdpKeys.js';
import type { OsdpLine } from './osdpLine.js';
import type { TellReport } from './osdpLinks.js';
import { createWords, type Words } from './osdpWords.js';

export interface ServiceDeps {
  readonly lines: readonly OsdpLine[];
  readonly policyOf: (reader: ReaderId) => 'required' | 'off' | undefined;
  readonly keys: KeyStore;
  /** How the last new key of each reader ended. */
  readonly keyEnds: Map<ReaderId, KeyEnd>;
  readonly report: TellReport;
  readonly nowWallMs: () => number;
}

export interface Service {
  ask(ask: OsdpAsk, reply: (answer: OsdpAnswer) => void): void;
  /** True = it ended a job. */
  hear(event: BusEvent): boolean;
}

/** How long an operator may take for one reader. */
const installMs = 300_000;
const jobsMax = 64;

type Reply = (answer: OsdpAnswer) => void;
type Ask<K extends OsdpAsk['ask']> = Extract<OsdpAsk, { ask: K }>;
/** Undefined = the answer comes with the end of the reader's job. */
type Answered = OsdpAnswer | undefined;

interface Desk extends ServiceDeps {
  readonly jobs: ReturnType<typeof createJobs>;
  readonly words: Words;
}

export function createService(deps: ServiceDeps): Service {
  const words = createWords(deps.nowWallMs);
  const desk: Desk = { ...deps, words, jobs: createJobs(words) };
  return {
    ask(ask, reply) {
      const answer = answerTo(desk, ask, reply);
      if (answer !== undefined) reply(answer);
    },
    hear: desk.jobs.hear,
  };
}

function answerTo(desk: Desk, ask: OsdpAsk, reply: Reply): Answered {
  switch (ask.ask) {
    case 'lines':
      return { answer: 'lines', lines: desk.lines.map((line) => viewOf(line, desk)) };
    case 'arm':
      return arm(desk, ask);
    case 'disarm': {
      const line = lineWith(desk, ask.reader);
      line?.run((bus, nowMs) => bus.disarm(ask.reader, nowMs));
      return line === undefined ? refused('unknown-reader') : done;
    }
    case 'enter-key':
      return enterKey(desk, ask, reply);
    case 'scan':
    case 'move':
      return survey(desk, ask);
    case 'set-address':
      return setAddress(desk, ask, reply);
    case 'manufacturer': {
      const { oui, data } = ask;
      const bytes = { oui: Buffer.from(oui, 'hex'), data: Buffer.from(data, 'hex') };
      return command(desk, ask, { kind: 'manufacturer', ...bytes }, reply);
    }
    case 'words':
      return lineWith(desk, ask.reader) === undefined
        ? refused('unknown-reader')
        : { answer: 'words', ...desk.words.after(ask.reader, ask.after) };
    case 'file':
      return sendFile(desk, ask, reply);
    case 'trace': {
      const line = desk.lines.find(({ name }) => name === ask.line);
      return line === undefined
        ? refused('unknown-line')
        : { answer: 'trace', ...line.trace.after(ask.after) };
    }
  }
}

const done: OsdpAnswer = { answer: 'done' };

function lineWith({ lines }: Desk, reader: ReaderId): OsdpLine | undefined {
  return lines.find((line) => line.health().some(({ id }) => id === reader));
}

function arm(desk: Desk, { reader, by }: Ask<'arm'>): Answered {
  const why = whyNoKey(desk, reader);
  if (why !== undefined) return refused(why);
  desk.keyEnds.delete(reader);
  desk.report(reader, 'reader-service', { did: 'armed', forMs: installMs }, by);
  lineWith(desk, reader)?.run((bus, nowMs) => bus.arm(reader, installMs, nowMs));
  return done;
}

/** Kept as pending before it is tried, as every key is; what was typed is nowhere else. */
function enterKey(desk: Desk, { reader, key: hex, by }: Ask<'enter-key'>, reply: Reply): Answered {
  const why = whyNoKey(desk, reader);
  if (why !== undefined) return refused(why);
  const key = new Uint8Array(Buffer.from(hex, 'hex'));
  if (isWeakKey(key)) return refused('weak-key');
  const { pending, entered } = desk.keys.get(reader);
  if (pending !== undefined && entered !== true) return refused('key-pending');
  desk.keys
    .update(reader, (now) => ({ ...now, pending: key, entered: true }))
    .then(
      () => {
        desk.keyEnds.delete(reader);
        desk.report(reader, 'reader-service', { did: 'key-entered' }, by);
        lineWith(desk, reader)?.run((bus, nowMs) => bus.giveKey(reader, key, nowMs));
        reply(done);
      },
      () => reply(refused('no-key-store')),
    );
  return undefined;
}

function whyNoKey(desk: Desk, reader: ReaderId): OsdpRefusal | undefined {
  const line = lineWith(desk, reader);
  if (line === undefined) return 'unknown-reader';
  if (desk.policyOf(reader) === 'off') return 'clear-reader';
  if (desk.keys.fault !== undefined) return 'no-key-store';
  return line.isSurveyed() ? 'busy' : undefined;
}

function survey(desk: Desk, ask: Ask<'scan'> | Ask<'move'>): Answered {
  const line = desk.lines.find(({ name }) => name === ask.line);
  if (line === undefined) return refused('unknown-line');
  if (ask.ask === 'move' && isAnswered(line, ask.to.address)) return refused('address-taken');
  const plan =
    ask.ask === 'scan'
      ? ({ kind: 'scan', bauds: ask.bauds } as const)
      : ({ kind: 'move', from: ask.from, to: ask.to } as const);
  if (!line.survey(plan)) return refused('busy');
  // Every reader of the line stands still meanwhile.
  for (const { id } of line.health()) desk.report(id, 'reader-service', { did: ask.ask }, ask.by);
  return done;
}

function setAddress(desk: Desk, ask: Ask<'set-address'>, reply: Reply): Answered {
  const { reader, address, baud } = ask;
  const line = lineWith(desk, reader);
  const own = line?.health().find(({ id }) => id === reader)?.address;
  if (line !== undefined && address !== own && isTaken(line, address)) return refused('address-taken');
  return command(desk, ask, { kind: 'comset', address, baud }, reply);
}

function command(
  desk: Desk,
  { reader, by }: { readonly reader: ReaderId; readonly by: Actor },
  what: Command,
  reply: Reply,
): Answered {
  return withJob(desk, reader, reply, (line, job) => {
    desk.report(reader, 'reader-service', { did: what.kind }, by);
    line.run((bus, nowMs) => bus.command(reader, what, nowMs, job));
  });
}

function sendFile(desk: Desk, { reader, type, base64, by }: Ask<'file'>, reply: Reply): Answered {
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
  return withJob(desk, reader, reply, (line, job) => {
    desk.report(reader, 'reader-service', { did: 'file', bytes: bytes.length }, by);
    line.run((bus, nowMs) => bus.sendFile(reader, { type, bytes, job }, nowMs));
  });
}

function withJob(
  desk: Desk,
  reader: ReaderId,
  reply: Reply,
  run: (line: OsdpLine, job: number) => void,
): Answered {
  const line = lineWith(desk, reader);
  if (line === undefined) return refused('unknown-reader');
  if (line.isSurveyed()) return refused('busy');
  const job = desk.jobs.add(reply);
  if (job === undefined) return refused('busy');
  run(line, job);
  return undefined;
}

function refused(why: OsdpRefusal): OsdpAnswer {
  return { answer: 'refused', why };
}

function isTaken(line: OsdpLine, address: number): boolean {
  return line.health().some((one) => one.address === address);
}

/** Somebody is there already; a place of the site file that stands empty may be taken. */
function isAnswered(line: OsdpLine, address: number): boolean {
  return line.health().some((one) => one.address === address && one.state !== 'offline');
}

/** Commands whose end somebody waits for. A vendor's answer comes before the end of its job. */
function createJobs(words: Words) {
  const waiting = new Map<number, { readonly reply: Reply; data?: string }>();
  let next = 1;
  return {
    add(reply: Reply): number | undefined {
      if (waiting.size >= jobsMax) return undefined;
      waiting.set(next, { reply });
      return next++;
    },
    hear(event: BusEvent): boolean {
      if (event.kind === 'manufacturer') {
        const job = event.job === undefined ? undefined : waiting.get(event.job);
        if (job === undefined) words.keep(event.id, event.oui, event.data);
        else job.data = Buffer.from([...event.oui, ...event.data]).toString('hex');
        return true;
      }
      if (event.kind !== 'job') return false;
      const job = waiting.get(event.job);
      waiting.delete(event.job);
      job?.reply(answerOf(event.result, job.data));
      return true;
    },
  };
}

function answerOf(
  result: Extract<BusEvent, { kind: 'job' }>['result'],
  data: string | undefined,
): OsdpAnswer {
  switch (result) {
    case 'done':
      return { answer: 'done', ...(data === undefined ? {} : { data }) };
    case 'offline':
      return refused('offline');
    case 'full':
      return refused('busy');
    case 'too-long':
      return refused('too-long');
    default:
      return refused('refused');
  }
}

function viewOf(line: OsdpLine, deps: ServiceDeps): OsdpLineView {
  const survey = line.surveyView();
  return {
    ...{ line: line.name, baud: line.baud },
    readers: line.health().map((health) => peripheralView(line.name, health, deps)),
    ...(survey === undefined ? {} : { survey }),
  };
}

function peripheralView(
  line: string,
  health: PeripheralHealth,
  { policyOf, keys, keyEnds }: ServiceDeps,
): PeripheralView {
  const { id, counters, armedForMs, identity, replyMs } = health;
  const keyEnded = keyEnds.get(id);
  const { naks, ...counts } = counters;
  const nakCounts = Object.fromEntries([...naks].map(([code, count]) => [`nak${code}`, count]));
  const { address, state, secure, alarms, capabilities, inputs } = health;
  return {
    ...{ reader: id, line, address, state, secure, alarms, capabilities, inputs },
    policy: policyOf(id) ?? 'required',
    keyed: keys.get(id).active !== undefined,
    counters: { ...counts, ...nakCounts },
    ...(keyEnded === undefined ? {} : { keyEnded }),
    ...(armedForMs === undefined ? {} : { armedForMs }),
    ...(identity === undefined ? {} : { identity }),
    ...(replyMs === undefined ? {} : { replyMs }),
  };
}
