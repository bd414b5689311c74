/** Card formats a site file writes itself, and which of them a reader may be given. */
import { entries, type KnownFormat, loose, quoted, type RuleError, suggest } from './siteRules.js';
import type { KeyPath } from './yamlTree.js';

type Bits = number | string | readonly (number | string)[];

/** The positions a list of bits names, in its order: `[1-3, 8]` is 1, 2, 3, 8; `3-1` is 3, 2, 1. */
export function positionsOf(bits: Bits): readonly number[] {
  if (typeof bits === 'number') return [bits];
  if (typeof bits !== 'string') return bits.flatMap(positionsOf);
  const [first = 0, last = first] = bits.split('-').map(Number);
  const step = last < first ? -1 : 1;
  return Array.from({ length: Math.abs(last - first) + 1 }, (_, index) => first + index * step);
}

/** The formats a reader may be given: the built-in ones and, as far as they can be understood, those of the site. */
export function knownFormats(
  formats: unknown,
  builtIn: ReadonlyMap<string, KnownFormat>,
): ReadonlyMap<string, KnownFormat> {
  const own = entries(formats).map(([name, { bits, facility, parity }]): [string, KnownFormat] => {
    const length = typeof bits === 'number' ? bits : Number.NaN;
    const rules = Array.isArray(parity) ? parity.map(loose) : [];
    const checks = rules.flatMap(({ bit, kind, over }) =>
      typeof bit === 'number' ? [{ position: bit, parity: String(kind), over: given(over) }] : [],
    );
    return [name, { name, length, facility, parity: checks }];
  });
  return new Map([...own, ...builtIn]);
}

interface FormatRules {
  readonly path: KeyPath;
  readonly length: number;
  readonly checks: ReadonlyMap<number, KeyPath>;
}

/** What is wrong with each format of the site by itself. */
export function* checkSiteFormats(
  given: unknown,
  builtIn: ReadonlyMap<string, KnownFormat>,
): Generator<RuleError> {
  for (const [name, format] of entries(given)) {
    const path = ['formats', name];
    if (builtIn.has(name)) {
      yield { path, problem: 'there is a format of this name already', remedy: 'take another name' };
    }
    const length = format['bits'];
    if (typeof length !== 'number') continue;
    const parity = Array.isArray(format['parity']) ? format['parity'].map(loose) : [];
    const checks = new Map<number, KeyPath>();
    for (const [index, { bit }] of parity.entries()) {
      const at = [...path, 'parity', index, 'bit'];
      if (typeof bit !== 'number') continue;
      const see = checks.get(bit);
      if (see !== undefined)
        yield { path: at, problem: `bit ${bit} is a check bit already`, remedy: 'keep one', see };
      else checks.set(bit, at);
      if (bit >= length) yield outside(at, bit, length);
    }
    const rules = { path, length, checks };
    yield* checkFields(rules, format);
    for (const [index, rule] of parity.entries()) yield* checkCover(rules, index, rule);
    yield* checkReverse(rules, format['reverse']);
  }
}

function* checkFields(
  { path, length, checks }: FormatRules,
  format: Readonly<Record<string, unknown>>,
): Generator<RuleError> {
  const taken = new Map<number, KeyPath>(checks);
  for (const field of ['facility', 'issue', 'number']) {
    const at = [...path, field];
    const positions = given(format[field]);
    const widest = field === 'number' ? 256 : 32;
    if (positions.length > widest) {
      yield { path: at, problem: `${positions.length} bits`, remedy: `take at most ${widest}` };
    }
    const beyond = positions.find((position) => position >= length);
    if (beyond !== undefined) yield outside(at, beyond, length);
    const twice = positions.find(
      (position, index) => taken.has(position) || positions.indexOf(position) < index,
    );
    if (twice !== undefined) {
      const see = taken.get(twice);
      const problem = see === undefined ? `bit ${twice} is given twice` : `bit ${twice} has another use`;
      yield { path: at, problem, remedy: 'give each bit one use', ...(see === undefined ? {} : { see }) };
    }
    for (const position of positions) if (!taken.has(position)) taken.set(position, at);
  }
}

function* checkCover(
  { path, length, checks }: FormatRules,
  index: number,
  rule: Readonly<Record<string, unknown>>,
): Generator<RuleError> {
  const at = [...path, 'parity', index, 'over'];
  const positions = given(rule['over']);
  const beyond = positions.find((position) => position >= length);
  if (beyond !== undefined) yield outside(at, beyond, length);
  const twice = positions.find(
    (position, place) => position === rule['bit'] || positions.indexOf(position) < place,
  );
  if (twice !== undefined) {
    yield { path: at, problem: `bit ${twice} is counted twice`, remedy: 'name each bit once' };
  }
  const order = [...checks.keys()];
  const later = positions.find((position) => order.indexOf(position) > index);
  const see = later === undefined ? undefined : checks.get(later);
  if (see === undefined) return;
  const problem = `counts bit ${later}, a check bit that is set after it`;
  yield { path: at, problem, remedy: 'put that one first', see };
}

function* checkReverse({ path, length, checks }: FormatRules, reverse: unknown): Generator<RuleError> {
  const data = length - checks.size;
  if (reverse !== 'bytes' || data % 8 === 0) return;
  const problem = `${data} data bits are no whole bytes`;
  yield { path: [...path, 'reverse'], problem, remedy: 'name all check bits, or leave reverse out' };
}

function outside(path: KeyPath, position: number, length: number): RuleError {
  const remedy = `the bits of a frame are 0 to ${length - 1}`;
  return { path, problem: `there is no bit ${position}`, remedy };
}

/** The positions of a value as it came: what is no list of bits is named by the schema. */
function given(value: unknown): readonly number[] {
  const parts = Array.isArray(value) ? value.slice(0, 256) : [value];
  const bits = parts.filter(
    (part): part is number | string =>
      (typeof part === 'number' && Number.isInteger(part) && part >= 0) ||
      (typeof part === 'string' && /^\d{1,3}(-\d{1,3})?$/.test(part)),
  );
  return positionsOf(bits);
}

/** The formats of one reader: each there, once, and none that another before it always reads. */
export function* checkReaderFormats(
  path: KeyPath,
  wiegand: Readonly<Record<string, unknown>>,
  known: ReadonlyMap<string, KnownFormat>,
): Generator<RuleError> {
  const names = Array.isArray(wiegand['formats']) ? wiegand['formats'] : [];
  const before: KnownFormat[] = [];
  for (const [index, name] of names.entries()) {
    if (typeof name !== 'string') continue;
    const at = [...path, 'formats', index];
    const format = known.get(name);
    if (format === undefined) {
      yield {
        path: at,
        problem: `${quoted(name)} is not a card format`,
        remedy: suggest(name, [...known.keys()]),
      };
    }
    if (names.indexOf(name) !== index) {
      yield { path: at, problem: `${quoted(name)} is given twice`, remedy: 'keep one' };
      continue;
    }
    if (format === undefined) continue;
    const over = before.find((other) => isShadowed(format, other));
    if (over !== undefined) {
      const problem = `every ${quoted(name)} is read as ${quoted(over.name)}, which comes before it`;
      yield { path: at, problem, remedy: 'keep the one whose numbers stand on the cards' };
    }
    yield* checkUse(at, format, wiegand);
    before.push(format);
  }
}

function* checkUse(
  path: KeyPath,
  { name, length, facility }: KnownFormat,
  wiegand: Readonly<Record<string, unknown>>,
): Generator<RuleError> {
  if (wiegand['facilities'] !== undefined && facility === undefined) {
    const problem = `${quoted(name)} has no facility code, but facilities are given`;
    yield { path, problem, remedy: 'leave facilities out, or take a format with one' };
  }
  if (length !== keyLengths.get(wiegand['keypad'])) return;
  const problem = `the keypad sends frames of ${length} bits as well`;
  yield { path, problem, remedy: 'no card of this length can be told from a key: leave one of them out' };
}

/** Bits of a frame of each keypad; a buffered 26-bit one is told apart by its facility. */
const keyLengths = new Map<unknown, number>([
  ['4-bit', 4],
  ['6-bit', 6],
  ['6-bit-rosslare', 6],
  ['8-bit-high', 8],
  ['8-bit-swapped', 8],
  ['10-bit', 10],
  ['10-bit-high', 10],
  ['10-bit-swapped', 10],
  ['buffered-24', 24],
  ['buffered-26-bcd', 26],
]);

/** Is `format` never read after `before`, because every frame of it is one of that as well? */
export function isShadowed(format: KnownFormat, before: KnownFormat): boolean {
  if (before.length !== format.length) return false;
  return before.parity.every((rule) => format.parity.some((other) => coverOf(rule) === coverOf(other)));
}

function coverOf({ position, parity, over }: KnownFormat['parity'][number]): string {
  return `${parity} ${[position, ...over].sort((a, b) => a - b).join()}`;
}
