/** What the core did, in the words of a transcript. */
import type { Effect } from '../../src/core/effects.js';
import type { LogRow } from '../../src/core/log.js';
import type { Site } from '../../src/core/model.js';

/** One thing that happened at a line of the transcript. */
export type Happening =
  | {
      readonly kind: 'effect';
      readonly effect: Extract<Effect, { kind: 'unlock' | 'lock' | 'output' | 'answer' | 'signal' }>;
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
  const said = happened.flatMap((one) =>
    one.kind === 'effect'
      ? [effectWord(one.effect, full)]
      : [rowWord(one, happened, site, clock, full), noteWord(one.row)],
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
  if (effect.kind === 'output') return `output ${effect.output} ${effect.active ? 'on' : 'off'}`;
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
      return grantedWord(row, happened, durable);
    case 'access-denied':
      if (isAsked(row)) return undefined;
      return deniedWord(row, happened);
    case 'access-taken':
    case 'no-entry-after-grant':
      return `${row.kind} ${row.user}`;
    case 'grant-withdrawn':
      return `withdrawn ${row.reason} ${row.user}`;
    case 'passback-violation':
      if (row.detail?.['type'] === 'soft') return `${row.detail['rule'] ?? 'passback'}-detected`;
      return full ? `violation ${zone} hard` : undefined;
    case 'occupancy-violation':
      return row.detail?.['type'] === 'soft' ? `${row.detail['rule']}-detected` : undefined;
    case 'company-awaited':
      return isAsked(row) ? undefined : 'wait company';
    case 'zone-reset':
      return `reset ${zone} ${row.detail?.['cause']}; forgotten ${row.detail?.['forgotten']}`;
    case 'muster-read':
      return row.detail?.['assembling'] === true
        ? `safe ${row.user}; moved ${zone} to ${row.reader}`
        : `moved ${zone} to ${row.reader}`;
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

/** Several who go together are named. */
function grantedWord(row: LogRow, happened: readonly Happening[], durable: boolean): string | undefined {
  const granted = happened.flatMap((one) =>
    one.kind === 'row' && one.row.kind === 'access-granted' ? [one.row] : [],
  );
  if (granted.length === 1) return durable ? 'granted' : 'granting';
  if (granted[0] !== row) return undefined;
  return `${durable ? 'granted' : 'granting'} ${granted.map(({ user }) => user).join(',')}`;
}

/** What a row says beside its word. */
function noteWord(row: LogRow): string | undefined {
  return row.kind === 'access-granted' && row.detail?.['unconfirmed'] !== undefined
    ? 'note unconfirmed'
    : undefined;
}

function otherWord(row: LogRow, zone: string, full: boolean): string | undefined {
  switch (row.kind) {
    case 'reader-locked-out':
      return `locked-out ${row.reader ?? row.door}`;
    case 'link-down':
    case 'link-up':
      return `${row.kind} ${row.detail?.['controller']}`;
    case 'zone-action':
      return full || row.detail?.['does'] === 'url' ? `action ${zone} ${row.detail?.['does']}` : undefined;
    case 'zone-count':
      return row.detail?.['output'] === undefined && row.detail?.['on'] === true
        ? `count ${zone} ${row.detail['when']}`
        : undefined;
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
      return `output-failed ${row.door ?? row.detail?.['output']}`;
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

const violating = new Set([
  'passback',
  'passback-blocked',
  'tailgate',
  'not-in-outer-zone',
  'still-in-inner-zone',
]);

/** A refusal by passback always comes with its violation row. */
function deniedWord(row: LogRow, happened: readonly Happening[]): string {
  const recorded = happened.some((one) => one.kind === 'row' && one.row.kind === 'passback-violation');
  const wrong = recorded !== violating.has(row.reason ?? '');
  return `denied ${row.reason}${wrong ? ' WITH A WRONG VIOLATION RECORD' : ''}`;
}
