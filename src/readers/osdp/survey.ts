/**
 * Readers nobody knows yet: found at any address and speed, and moved to the right ones. Takes the line for itself;
 * pure like the bus: bytes and time in, bytes, a speed and the next wake-up out.
 */
import { type Command, commandCodes, commandData } from './commands.js';
import { createFrameFinder, encodeFrame, type Frame } from './frame.js';
import { type Identity, readReply } from './replies.js';
import { timingOf, withMarks } from './timing.js';

export interface SurveyOutput {
  /** Set the line to this speed, before anything is written. */
  readonly baud?: number;
  readonly write?: Uint8Array;
  readonly wakeMs: number;
  readonly progress: SurveyProgress;
}

export interface FoundReader {
  readonly address: number;
  readonly baud: number;
  /** Absent when it does not say who it is in clear: it is paired. */
  readonly identity?: Identity;
}

export interface SurveyProgress {
  readonly done: boolean;
  /** 0 to 1. */
  readonly share: number;
  readonly found: readonly FoundReader[];
  /** Of a move. */
  readonly outcome?: 'moved' | 'refused' | 'silent' | 'lost';
}

export interface Survey {
  start(nowMs: number): SurveyOutput;
  receive(bytes: Uint8Array, nowMs: number): SurveyOutput;
  wake(nowMs: number): SurveyOutput;
}

export type SurveyPlan =
  /** Asks for everybody at each speed; where somebody answers, each address. */
  | { readonly kind: 'scan'; readonly bauds: readonly number[] }
  | {
      readonly kind: 'move';
      readonly from: { readonly address: number; readonly baud: number };
      readonly to: { readonly address: number; readonly baud: number };
    };

/** Every reader answers this address, as FF. */
const everybody = 0x7f;
const lastAddress = 0x7e;
const everybodyMs = 500;
const answerMs = 220;
/** A reader, and this line, need a moment after the speed changed. */
const settleMs = 50;

/** One question and what its answer leads to. */
interface Question {
  readonly baud: number;
  readonly address: number;
  readonly command: Command;
  readonly waitMs: number;
  /** It goes to everybody: the whole time is waited, since a slower reader answers after a quick one. */
  readonly whole?: true;
  /** `more` = bytes came besides the frame, as when several answer. */
  readonly next: (frame: Frame | undefined, more: boolean) => Question | undefined;
}

interface Report {
  found: FoundReader[];
  share: number;
  outcome?: NonNullable<SurveyProgress['outcome']>;
}

export function createSurvey(plan: SurveyPlan): Survey {
  const report: Report = { found: [], share: 0 };
  const finder = createFrameFinder();
  let question = plan.kind === 'scan' ? scanFrom(plan.bauds, 0, report) : moveQuestion(plan, report);
  let baud = 0;
  let sentMs: number | undefined;
  let dueMs = 0;
  let first: Frame | undefined;
  let heard = false;
  let more = false;

  const output = (does: Pick<SurveyOutput, 'baud' | 'write'> = {}): SurveyOutput => ({
    ...does,
    wakeMs: question === undefined ? Number.POSITIVE_INFINITY : dueMs,
    progress: {
      ...{ done: question === undefined, share: question === undefined ? 1 : report.share },
      found: report.found,
      ...(report.outcome === undefined ? {} : { outcome: report.outcome }),
    },
  });
  const ask = (nowMs: number): SurveyOutput => {
    if (question === undefined) return output();
    if (question.baud !== baud) {
      baud = question.baud;
      sentMs = undefined;
      dueMs = nowMs + settleMs;
      return output({ baud });
    }
    const { byteMs, marks } = timingOf(baud);
    const content = { address: question.address, reply: false, sqn: 0, crc: true } as const;
    const { command } = question;
    const frame = encodeFrame({ ...content, code: commandCodes[command.kind], data: commandData(command) });
    finder.clear();
    first = undefined;
    heard = false;
    more = false;
    sentMs = nowMs;
    dueMs = nowMs + (frame.length + marks) * byteMs + question.waitMs;
    return output({ write: withMarks(frame, marks) });
  };
  const answer = (frame: Frame | undefined, nowMs: number): SurveyOutput => {
    question = question?.next(frame, more || (heard && frame === undefined));
    sentMs = undefined;
    if (question === undefined || question.baud !== baud) return ask(nowMs);
    dueMs = nowMs + Math.max(2, timingOf(baud).gapMs);
    return output();
  };
  return {
    start: ask,
    receive(bytes, nowMs) {
      if (question === undefined || sentMs === undefined) return output();
      more ||= first !== undefined;
      for (const one of finder.push(bytes.subarray(0, 2_048))) {
        const isAnswer = one.kind === 'frame' && one.frame.reply && one.frame.address === question.address;
        if (isAnswer && question.whole !== true) return answer(one.frame, nowMs);
        if (isAnswer && first === undefined) first = one.frame;
        else if (one.kind !== 'frame' || one.frame.reply) more = true;
      }
      heard = true;
      return output();
    },
    wake(nowMs) {
      if (question === undefined || nowMs < dueMs) return output();
      return sentMs === undefined ? ask(nowMs) : answer(first, nowMs);
    },
  };
}

function scanFrom(bauds: readonly number[], index: number, report: Report): Question | undefined {
  const baud = bauds[index];
  if (baud === undefined) return undefined;
  report.share = index / bauds.length;
  const after = () => scanFrom(bauds, index + 1, report);
  const everyAddress = (alone: boolean) =>
    scanAddress(0, { baud, alone, report, after, part: 1 / bauds.length });
  return {
    ...{ baud, address: everybody, waitMs: everybodyMs, whole: true, command: { kind: 'id' } },
    next: (frame, more) => (frame === undefined && !more ? after() : everyAddress(!more)),
  };
}

interface Sweep {
  readonly baud: number;
  /** Only one answers at this speed, so the first found is all. */
  readonly alone: boolean;
  readonly report: Report;
  readonly part: number;
  readonly after: () => Question | undefined;
}

function scanAddress(address: number, sweep: Sweep): Question | undefined {
  const { baud, alone, report, part, after } = sweep;
  if (address > lastAddress) return after();
  return {
    ...{ baud, address, waitMs: answerMs, command: { kind: 'id' } },
    next: (frame) => {
      report.share += part / (lastAddress + 1);
      if (frame === undefined) return scanAddress(address + 1, sweep);
      const reply = readReply(frame.code, frame.data);
      report.found.push({ address, baud, ...(reply.kind === 'id' ? { identity: reply.identity } : {}) });
      return alone ? after() : scanAddress(address + 1, sweep);
    },
  };
}

/** COMSET, then is it there? If not there, is it still here? */
function moveQuestion({ from, to }: SurveyPlan & { readonly kind: 'move' }, report: Report): Question {
  const isAt = (place: typeof from, tries: number, missing: () => Question | undefined): Question => ({
    ...{ ...place, waitMs: answerMs, command: { kind: 'id' } },
    next: (frame) => {
      if (frame === undefined) return tries > 1 ? isAt(place, tries - 1, missing) : missing();
      const reply = readReply(frame.code, frame.data);
      report.found.push({ ...place, ...(reply.kind === 'id' ? { identity: reply.identity } : {}) });
      return undefined;
    },
  });
  const end = (outcome: NonNullable<Report['outcome']>) => () => {
    report.outcome = outcome;
    return undefined;
  };
  const lookOld = () => {
    report.outcome = 'silent';
    return isAt(from, 3, end('lost'));
  };
  const comset = (tries: number): Question => ({
    ...{ ...from, waitMs: everybodyMs, command: { kind: 'comset', ...to } },
    next: (frame) => {
      const reply = frame === undefined ? undefined : readReply(frame.code, frame.data);
      if (reply?.kind === 'nak') return end('refused')();
      if (reply === undefined && tries > 1) return comset(tries - 1);
      report.outcome = 'moved';
      return isAt(to, 8, lookOld);
    },
  });
  return comset(2);
}
