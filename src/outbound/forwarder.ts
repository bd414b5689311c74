/**
 * Swipes sent on to other door openers: all URLs of one user, one call at a time per target, targets in parallel.
 * A call that could not begin soon is dropped: a door must never open late.
 */
import type { ForwardOutcome } from '../core/events.js';
import { type CallResult, callOpenDoor } from './openDoorCall.js';
import { filledUrl, type Variables } from './template.js';

/** One swipe to send on. */
export interface ForwardJob {
  readonly id: string;
  /** As stored, with variables and credentials. */
  readonly urls: readonly string[];
  readonly variables: Variables;
  readonly allowBasic: boolean;
  readonly certificateSha256?: string;
  readonly wholeMs: number;
}

export interface ForwardResult {
  readonly id: string;
  readonly outcome: ForwardOutcome;
  readonly reason?: string;
  readonly targets: number;
  readonly opened: number;
}

export interface ForwarderOptions {
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  readonly cnonce: () => string;
  readonly call?: typeof callOpenDoor;
}

export interface Forwarder {
  /** Never rejects; the outcome of the best target is the outcome of all. */
  forward(job: ForwardJob): Promise<ForwardResult>;
}

const urlsMax = 10;
const connectMs = 3_000;
/** A call that waits longer behind others of its target has lost its person. */
const startWithinMs = 2_000;
/** Calls that may wait for one target. */
const waitingMax = 16;

/** Best first: what the person at the reader is shown. */
const ranking: readonly ForwardOutcome[] = [
  'opened',
  'denied-passback',
  'denied',
  'unknown',
  'refused-login',
  'unreachable',
  'too-late',
  'no-target',
];

export function createForwarder(options: ForwarderOptions): Forwarder {
  const { nowMs, cnonce, call = callOpenDoor } = options;
  const lines = new Map<string, { tail: Promise<unknown>; waiting: number }>();

  const inLine = async (target: string, run: () => Promise<CallResult>): Promise<CallResult> => {
    const line = lines.get(target) ?? { tail: Promise.resolve(), waiting: 0 };
    if (line.waiting >= waitingMax) return { outcome: 'too-late', reason: 'target-busy' };
    lines.set(target, line);
    line.waiting += 1;
    const result = line.tail.then(run);
    line.tail = result;
    try {
      return await result;
    } finally {
      line.waiting -= 1;
      if (line.waiting === 0) lines.delete(target);
    }
  };

  const callOne = (url: URL, job: ForwardJob, begunMs: number): Promise<CallResult> =>
    inLine(url.host, async () => {
      if (nowMs() - begunMs > startWithinMs) return { outcome: 'too-late' };
      return call(url, {
        limits: { connectMs: Math.min(connectMs, job.wholeMs), wholeMs: job.wholeMs },
        allowBasic: job.allowBasic,
        cnonce,
        nowMs,
        ...(job.certificateSha256 === undefined ? {} : { certificateSha256: job.certificateSha256 }),
      });
    });

  return {
    forward: async (job) => {
      const begunMs = nowMs();
      const urls = job.urls.slice(0, urlsMax).map((url) => filledUrl(url, { ...job.variables }));
      const results = await Promise.all(
        urls.map(
          (url): Promise<CallResult> =>
            url === undefined
              ? Promise.resolve({ outcome: 'unreachable', reason: 'bad-url' })
              : callOne(url, job, begunMs),
        ),
      );
      const opened = results.filter(({ outcome }) => outcome === 'opened').length;
      const best = ranking.flatMap((rank) => results.filter(({ outcome }) => outcome === rank))[0];
      return { id: job.id, targets: urls.length, opened, ...(best ?? { outcome: 'no-target' }) };
    },
  };
}
