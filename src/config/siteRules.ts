/**
 * What needs more than one key to judge. The rules read the value as it came, checked or not, so that one run
 * names every mistake; what has the wrong type is skipped here because the schema names it.
 */
import { nearest } from './nearest.js';
import { checkReaderFormats, checkSiteFormats, knownFormats } from './siteFormats.js';
import type { KeyPath } from './yamlTree.js';

/** What the site file may name: boards (only what is asked of them here) and card formats. */
export interface Known {
  readonly boards: ReadonlyMap<string, KnownBoard>;
  readonly formats: ReadonlyMap<string, KnownFormat>;
  /** Why Wiegand over `driver: onoff` needs `acceptEdgeLoss: true`. */
  readonly edgeLossReason: string;
}

export interface KnownFormat {
  readonly name: string;
  readonly length: number;
  readonly facility?: unknown;
  readonly parity: readonly {
    readonly position: number;
    readonly parity: string;
    readonly over: readonly number[];
  }[];
}

export interface KnownBoard {
  readonly drivers: readonly string[];
  readonly lines: ReadonlyMap<string, KnownLine>;
}

export interface KnownLine {
  readonly direction: 'input' | 'output' | 'either';
  readonly headerPin?: number;
  readonly chip?: { readonly offset: number };
  readonly reserved?: string;
  readonly bootLevel: 'high' | 'low' | 'unknown';
}

export interface RuleError {
  readonly path: KeyPath;
  readonly problem: string;
  readonly remedy: string;
  /** Another place the problem speaks of; its line is added to the message. */
  readonly see?: KeyPath;
}

interface LineUse {
  readonly path: KeyPath;
  readonly line: string;
  readonly direction: 'input' | 'output';
  readonly activeLow: boolean;
}

type Loose = Readonly<Record<string, unknown>>;

export function* checkRules(value: unknown, known: Known): Generator<RuleError> {
  const site = loose(value);
  const doors = entries(site['doors']);
  const readers = entries(site['readers']);
  yield* checkTimeZone(site['timeZone']);
  yield* checkDoors(site['doors'], doors);
  yield* checkInterlocks(site['interlocks'], doors);
  yield* checkSiteFormats(site['formats'], known.formats);
  yield* checkReaders(readers, doors, knownFormats(site['formats'], known.formats));
  yield* checkGsdk(site['gsdk'], readers);
  const uses = lineUses(doors, readers, entries(site['outputs']), site['fire']);
  yield* checkTwice(uses);
  yield* checkBoard(site['board'], uses, known.boards);
  yield* checkDriver(site, readers, known);
  yield* checkTls(loose(site['http']));
}

function* checkTls({ tls, certificate, key, port, openDoorPort }: Loose): Generator<RuleError> {
  const files: readonly (readonly [string, unknown])[] = [
    ['certificate', certificate],
    ['key', key],
  ];
  for (const [name, path] of files) {
    if (tls === 'files' && path === undefined) {
      yield { path: ['http'], problem: `tls: files without ${name}`, remedy: `write ${name}: its path` };
    }
    if (tls !== 'files' && path !== undefined) {
      yield { path: ['http', name], problem: 'not read', remedy: 'write tls: files, or leave it out' };
    }
  }
  if (openDoorPort !== undefined && openDoorPort === port) {
    yield { path: ['http', 'openDoorPort'], problem: 'is port too', remedy: 'write another port' };
  }
}

function* checkDriver(
  site: Loose,
  readers: readonly (readonly [string, Loose])[],
  known: Known,
): Generator<RuleError> {
  const { board, driver } = site;
  const { drivers } = known.boards.get(String(board)) ?? {};
  if (typeof driver !== 'string' || drivers === undefined) return;
  if (!drivers.includes(driver)) {
    const problem = `${quoted(driver)} cannot open board ${quoted(String(board))}`;
    yield { path: ['driver'], problem, remedy: `leave it out, or ${suggest(driver, drivers)}` };
  }
  const reader = readers.find(([, { wiegand }]) => wiegand !== undefined);
  if (driver !== 'onoff' || reader === undefined || site['acceptEdgeLoss'] === true) return;
  yield {
    path: ['driver'],
    problem: `onoff loses edges of Wiegand readers such as ${reader[0]}: ${known.edgeLossReason}`,
    remedy: 'write driver: gpiochip, or acceptEdgeLoss: true to have it all the same',
    see: ['readers', reader[0], 'wiegand'],
  };
}

function* checkGsdk(value: unknown, readers: readonly (readonly [string, Loose])[]): Generator<RuleError> {
  const { clients, clientCa, deviceId } = loose(value);
  if (clients === 'certificate' && clientCa === undefined) {
    const remedy = 'write clientCa: and the file of the authority that signs the certificates of clients';
    yield { path: ['gsdk', 'clients'], problem: 'certificate needs an authority', remedy };
  }
  const seen = new Map<unknown, KeyPath>([[deviceId, ['gsdk', 'deviceId']]]);
  for (const [id, reader] of readers) {
    const number = reader['deviceId'];
    if (number === undefined) continue;
    const path = ['readers', id, 'deviceId'];
    const see = seen.get(number);
    if (see !== undefined)
      yield {
        path,
        problem: `device ${String(number)} stands there twice`,
        remedy: 'give each its own number',
        see,
      };
    seen.set(number, path);
  }
}

function* checkTimeZone(timeZone: unknown): Generator<RuleError> {
  if (typeof timeZone !== 'string' || isTimeZone(timeZone)) return;
  const like = nearest(timeZone, Intl.supportedValuesOf('timeZone'));
  const remedy =
    like === undefined ? 'write an IANA name, for instance Europe/Berlin' : `did you mean ${like}?`;
  yield { path: ['timeZone'], problem: `${quoted(timeZone)} is not a time zone`, remedy };
}

function isTimeZone(name: string): boolean {
  // Newer engines also take fixed offsets such as +01:00, which know no daylight saving.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function* checkDoors(given: unknown, doors: readonly (readonly [string, Loose])[]): Generator<RuleError> {
  if (isMapping(given) && Object.keys(given).length === 0) {
    yield { path: ['doors'], problem: 'no door', remedy: 'write at least one door' };
  }
  const numbers = new Map<unknown, string>();
  for (const [id, door] of doors) {
    const number = door['number'];
    const other = numbers.get(number);
    if (typeof number === 'number' && other !== undefined) {
      const path = ['doors', id, 'number'];
      const taken = new Set(doors.map(([, { number: used }]) => used));
      const free = [1, 2, 3, 4, 5, 6, 7, 8].find((candidate) => !taken.has(candidate));
      const remedy = free === undefined ? 'a controller has eight doors' : `${free} is free`;
      yield {
        path,
        problem: `${number} is the number of ${other} already`,
        remedy,
        see: ['doors', other, 'number'],
      };
    }
    if (other === undefined) numbers.set(number, id);
    yield* checkLock(id, door);
  }
}

/** A maglock holds by current: it can only be fail-safe, and people must be able to cut that current themselves. */
function* checkLock(id: string, door: Loose): Generator<RuleError> {
  const lock = loose(loose(door['relay'])['lock']);
  if (lock['kind'] !== 'maglock') return;
  if (lock['failMode'] !== 'fail-safe') {
    const path = ['doors', id, 'relay', 'lock', 'failMode'];
    yield { path, problem: 'a maglock opens without power', remedy: 'write failMode: fail-safe' };
  }
  if (door['hardwareRex'] === 'confirmed') return;
  yield {
    path: ['doors', id, 'relay', 'lock', 'kind'],
    problem: 'a maglock needs a way out that does not depend on this controller',
    remedy: `fit a button that cuts its power, try it, then write hardwareRex: confirmed under doors.${id}`,
  };
}

function* checkReaders(
  readers: readonly (readonly [string, Loose])[],
  doors: readonly (readonly [string, Loose])[],
  formats: Known['formats'],
): Generator<RuleError> {
  const doorIds = doors.map(([id]) => id);
  for (const [id, reader] of readers) {
    const door = reader['door'];
    if (typeof door === 'string' && !doorIds.includes(door)) {
      const problem = `there is no door ${quoted(door)}`;
      yield { path: ['readers', id, 'door'], problem, remedy: suggest(door, doorIds) };
    }
    const isReader = ['wiegand', 'osdp', 'serial'].some((kind) => reader[kind] !== undefined);
    if (!isReader && reader['tamper'] !== undefined) {
      const problem = 'a place without wiegand has no housing to open';
      yield { path: ['readers', id, 'tamper'], problem, remedy: 'remove it, or add wiegand' };
    }
    if (reader['asks'] === 'card-and-pin' && hasNoKeys(reader)) {
      const problem = 'card-and-pin at a reader without keys';
      yield { path: ['readers', id, 'asks'], problem, remedy: 'add keypad under wiegand, or write card' };
    }
    yield* checkReaderFormats(['readers', id, 'wiegand'], loose(reader['wiegand']), formats);
  }
}

/** Of a Wiegand reader the file knows; others say themselves what they have. */
function hasNoKeys(reader: Loose): boolean {
  return reader['wiegand'] !== undefined && loose(reader['wiegand'])['keypad'] === undefined;
}

/** Only a contact says that a door is shut. */
function* checkInterlocks(
  given: unknown,
  doors: readonly (readonly [string, Loose])[],
): Generator<RuleError> {
  const known = new Map(doors);
  for (const [id, members] of Object.entries(loose(given))) {
    if (!Array.isArray(members)) continue;
    for (const [index, door] of members.entries()) {
      const path = ['interlocks', id, index];
      if (typeof door !== 'string') continue;
      const found = known.get(door);
      if (members.indexOf(door) < index) {
        yield { path, problem: `${quoted(door)} is given twice`, remedy: 'keep one' };
      } else if (found === undefined) {
        yield { path, problem: `there is no door ${quoted(door)}`, remedy: suggest(door, [...known.keys()]) };
      } else if (found['contact'] === undefined) {
        const problem = `door ${quoted(door)} has no contact, so nothing says whether it is closed`;
        yield { path, problem, remedy: `wire one and add contact under doors.${door}` };
      }
    }
  }
}

function* checkTwice(uses: readonly LineUse[]): Generator<RuleError> {
  const first = new Map<string, KeyPath>();
  for (const { line, path } of uses) {
    const see = first.get(line);
    if (see === undefined) first.set(line, path);
    else {
      const problem = `${quoted(line)} is used already by ${see.slice(0, -1).join('.')}`;
      yield { path, problem, remedy: 'give each line one use', see };
    }
  }
}

function* checkBoard(
  id: unknown,
  uses: readonly LineUse[],
  boards: ReadonlyMap<string, KnownBoard>,
): Generator<RuleError> {
  if (typeof id !== 'string') return;
  const board = boards.get(id);
  if (board === undefined) {
    yield {
      path: ['board'],
      problem: `there is no board ${quoted(id)}`,
      remedy: suggest(id, [...boards.keys()]),
    };
    return;
  }
  // A line with a slash hangs at a reader: `serialRules.ts` judges it.
  for (const use of uses) if (!use.line.includes('/')) yield* checkUse(use, id, board);
}

function* checkUse(use: LineUse, boardId: string, board: KnownBoard): Generator<RuleError> {
  const { path, line, direction, activeLow } = use;
  const found = board.lines.get(line);
  const fitting = [...board.lines].filter(
    ([, is]) => is.reserved === undefined && (is.direction === direction || is.direction === 'either'),
  );
  const names = fitting.map(([name]) => name);
  if (found === undefined) {
    const problem = `board ${quoted(boardId)} has no line ${quoted(line)}`;
    yield { path, problem, remedy: suggest(line, names) };
    return;
  }
  if (found.reserved !== undefined) {
    const problem = `board ${quoted(boardId)} keeps ${quoted(line)} for itself: ${found.reserved}`;
    yield { path, problem, remedy: 'take another line' };
    return;
  }
  if (!names.includes(line)) {
    const [is, wanted] = direction === 'input' ? ['an output', 'an input'] : ['an input', 'an output'];
    yield { path, problem: `${quoted(line)} is ${is}, this must be ${wanted}`, remedy: suggest(line, names) };
  }
  if (direction === 'input' || found.bootLevel !== (activeLow ? 'low' : 'high')) return;
  yield {
    path,
    problem: `${quoted(line)} stands ${found.bootLevel} while the machine boots, which is active: the door would open`,
    remedy: `take another line, or a relay that needs the other level and activeLow: ${!activeLow}`,
  };
}

/** Every line the file names, in the order of the file. */
function lineUses(
  doors: readonly (readonly [string, Loose])[],
  readers: readonly (readonly [string, Loose])[],
  outputs: readonly (readonly [string, Loose])[],
  fire: unknown,
): readonly LineUse[] {
  return [
    ...doors.flatMap(([id, door]) => [
      ...lineUse(['doors', id, 'relay'], door['relay'], 'output'),
      ...lineUse(['doors', id, 'contact'], door['contact'], 'input'),
      ...lineUse(['doors', id, 'rex'], door['rex'], 'input'),
    ]),
    ...readers.flatMap(([id, reader]) => [
      ...lineUse(['readers', id, 'wiegand'], reader['wiegand'], 'input', 'd0'),
      ...lineUse(['readers', id, 'wiegand'], reader['wiegand'], 'input', 'd1'),
      ...['led', 'ledRed', 'beep'].flatMap((lamp) =>
        lineUse(['readers', id, 'wiegand', lamp], loose(reader['wiegand'])[lamp], 'output'),
      ),
      ...lineUse(['readers', id, 'tamper'], reader['tamper'], 'input'),
    ]),
    ...outputs.flatMap(([id, output]) => lineUse(['outputs', id], output, 'output')),
    ...lineUse(['fire'], fire, 'input'),
  ];
}

function lineUse(path: KeyPath, value: unknown, direction: LineUse['direction'], key = 'line'): LineUse[] {
  const line = loose(value)[key];
  if (typeof line !== 'string') return [];
  return [{ path: [...path, key], line, direction, activeLow: loose(value)['activeLow'] === true }];
}

function isMapping(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function loose(value: unknown): Loose {
  return isMapping(value) ? value : {};
}

export function entries(value: unknown): readonly (readonly [string, Loose])[] {
  return Object.entries(loose(value)).map(([id, body]) => [id, loose(body)]);
}

/** The nearest of the known words, or all of them. */
export function suggest(word: string, known: readonly string[]): string {
  const like = nearest(word, known);
  if (like !== undefined) return `did you mean ${like}?`;
  if (known.length === 0) return 'there is none to choose from';
  const shown = known.slice(0, 16).join(', ');
  return `write one of: ${shown}${known.length > 16 ? ', ...' : ''}`;
}

/** A value from the file, short and with control characters escaped. */
export function quoted(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
}
