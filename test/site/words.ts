/** What the core did, in the words of a transcript. */
import type { Effect } from '../../src/core/effects.js';
import type { LogRow } from '../../src/core/log.js';
import type { Site } from '../../src/core/model.js';

/** One thing that happened at a line of the transcript. */
export type Happening =
  | {
      readonly kind: 'effect';
      readonly effect: Extract<Effect, { kind: 'unlock' | 'lock' | 'answer' | 'signal' }>;
    }
  | { readonly kind: 'row'; readonly row: LogRow; readonly durable: boolean };

/**
 * The words in their order: relays, what was decided, then the rest as it came. With `full` the secondary
 * rows as well.
 */
export function wordsOf(
  happened: readonly Happening[],
  site: Site,
  clock: (wallMs: number) => string,
  full: boolean,
): readonly string[] {
  const said = happened.map((one) =>
    one.kind === 'effect' ? effectWord(one.effect, full) : rowWord(one, happened, site, clock, full),
  );
  const words = said.filter((word) => word !== undefined);
  return [...words.filter(isRelay), ...words.filter(isDecision), ...words.filter(isRest)];
}

/** What readers show, in its order: `lobby-in: granted`. */
export function signalWords(happened: readonly Happening[]): readonly string[] {
  return happened.flatMap((one) =>
    one.kind === 'effect' && one.effect.kind === 'signal'
      ? [`${one.effect.reader}: ${one.effect.signal}`]
      : [],
  );
}

const isRelay = (word: string): boolean => /^(unlock|lock) /.test(word);
const isDecision = (word: string): boolean => /^(granted|granting|denied)\b/.test(word);
const isRest = (word: string): boolean => !isRelay(word) && !isDecision(word);

function effectWord(effect: Extract<Happening, { kind: 'effect' }>['effect'], full: boolean) {
  // Told apart from the rest by `signalWords`.
  if (effect.kind === 'signal') return undefined;
  if (effect.kind !== 'answer') return `${effect.kind} ${effect.door}`;
  const { answer } = effect;
  if (answer.kind === 'granted') return 'granted';
  if (answer.kind === 'denied') return `denied ${answer.reason}`;
  if (answer.kind === 'forgotten') return `forgotten ${answer.count}`;
  return full ? answer.kind : undefined;
}

function rowWord(
  { row, durable }: Extract<Happening, { kind: 'row' }>,
  happened: readonly Happening[],
  site: Site,
  clock: (wallMs: number) => string,
  full: boolean,
): string | undefined {
  const zone = row.zone === undefined ? '' : (site.zones.get(row.zone)?.name ?? `zone ${row.zone}`);
  switch (row.kind) {
    case 'access-granted':
      if (isAsked(row)) return undefined;
      return durable ? 'granted' : 'granting';
    case 'access-denied':
      if (isAsked(row)) return undefined;
      return deniedWord(row, happened);
    case 'access-taken':
    case 'no-entry-after-grant':
      return `${row.kind} ${row.user}`;
    case 'grant-withdrawn':
      return `withdrawn ${row.reason} ${row.user}`;
    case 'passback-violation':
      if (row.detail?.['type'] === 'soft') return 'passback-detected';
      return full ? `violation ${zone} hard` : undefined;
    case 'passback-exempt':
      return `passback-exempt ${zone}`;
    case 'passback-blind':
      return `note passback-blind ${zone}`;
    case 'door-forced':
      return `forced ${row.door}`;
    case 'door-held':
      return `held ${row.door}`;
    case 'door-held-ended':
      return `held-ended ${row.door}`;
    case 'clock-step':
      return `clock ${clock(Number(row.detail?.['toWallMs']))}`;
    case 'unreadable':
      if (row.detail?.['fault'] === 'flood') return `flood ${row.detail['suppressed']}`;
      return `unreadable ${row.detail?.['fault']}`;
    default:
      return otherWord(row, zone, full);
  }
}

function otherWord(row: LogRow, zone: string, full: boolean): string | undefined {
  switch (row.kind) {
    case 'reader-locked-out':
      return `locked-out ${row.reader ?? row.door}`;
    case 'tamper-on':
    case 'tamper-off':
      return `${row.kind} ${row.reader}`;
    case 'overflow':
      return `overflow ${row.detail?.['rowsLost']}`;
    case 'storage-failed':
    case 'storage-fault':
    case 'storage-recovered':
    case 'web-restarted':
      return row.kind;
    case 'output-failed':
      return `output-failed ${row.door}`;
    case 'input-fault':
      return `input-fault ${row.detail?.['line']}`;
    default:
      return full ? [row.kind, row.door ?? zone].filter((word) => word !== '').join(' ') : undefined;
  }
}

/** Somebody waits for the answer to this: its word is the answer. */
function isAsked(row: LogRow): boolean {
  return row.by?.kind === 'source';
}

/** A refusal by passback always comes with its violation row. */
function deniedWord(row: LogRow, happened: readonly Happening[]): string {
  const recorded = happened.some((one) => one.kind === 'row' && one.row.kind === 'passback-violation');
  const wrong = recorded !== (row.reason === 'passback');
  return `denied ${row.reason}${wrong ? ' WITH A WRONG VIOLATION RECORD' : ''}`;
}
