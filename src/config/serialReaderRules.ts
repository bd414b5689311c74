/** Which keys of a serial reader go together, and which readers can share a line. */
import { askedPresets, ownFramings } from './serialReaderSchema.js';
import { quoted, type RuleError, suggest } from './siteRules.js';

type Loose = Readonly<Record<string, unknown>>;
type Entries = readonly (readonly [string, Loose])[];

const everywhere = ['line', 'framing', 'bits', 'reversed', 'repeatMs', 'show', 'everyMs', 'timeoutMs'];
const content = [
  ...['text', 'offset', 'length', 'pattern', 'check', 'bytesMax', 'ask', 'empty', 'keyPrefix', 'acknowledge'],
];
const keysOf: ReadonlyMap<string, readonly string[]> = new Map([
  ['delimited', [...everywhere, ...content, 'start', 'end', 'silenceMs', 'keys']],
  [
    'length-prefixed',
    [
      ...[...everywhere, ...content, 'header', 'trailer', 'lengthAt', 'lengthBytes', 'lengthOrder'],
      ...['lengthComplement', 'lengthPlus'],
    ],
  ],
  [
    'modbus-rtu',
    [
      ...[...everywhere, 'unit', 'function', 'register', 'count', 'sequenceWord', 'flagCoil', 'clear'],
      ...['offset', 'length'],
    ],
  ],
]);
const presetKeys = [...everywhere, 'unit', 'register'];
const needed: ReadonlyMap<string, readonly string[]> = new Map([
  ['length-prefixed', ['header']],
  ['modbus-rtu', ['register', 'count']],
]);

export function* checkSerialReaders(ports: Entries, readers: Entries): Generator<RuleError> {
  const names = ports.map(([id]) => id);
  const onLine = new Map<string, string>();
  for (const [id, reader] of readers) {
    if (reader['serial'] === undefined) continue;
    const path = ['readers', id, 'serial'];
    const serial = loose(reader['serial']);
    const other = ['wiegand', 'osdp'].find((kind) => reader[kind] !== undefined);
    if (other !== undefined) {
      yield { path, problem: `the reader has ${other} already`, remedy: 'keep the one it is wired by' };
    }
    const line = serial['line'];
    if (typeof line === 'string' && !names.includes(line)) {
      const problem = `there is no port ${quoted(line)} under serial`;
      yield { path: [...path, 'line'], problem, remedy: suggest(line, names) };
    }
    yield* checkKeys(path, serial);
    yield* checkShared(path, serial, readers, onLine);
    if (typeof line === 'string') onLine.set(line, id);
  }
}

function* checkKeys(path: readonly string[], serial: Loose): Generator<RuleError> {
  const framing = serial['framing'];
  if (typeof framing !== 'string') return;
  const isOwn = (ownFramings as readonly string[]).includes(framing);
  const allowed = isOwn ? (keysOf.get(framing) ?? []) : presetKeys;
  for (const key of Object.keys(serial)) {
    if (allowed.includes(key) || ![...keysOf.values()].flat().includes(key)) continue;
    const problem = `${key} says nothing to framing ${framing}`;
    const remedy = isOwn
      ? 'remove it'
      : `remove it, or write framing: ${ownFramings.join(' or ')} with all its keys`;
    yield { path: [...path, key], problem, remedy };
  }
  for (const key of needed.get(framing) ?? []) {
    if (serial[key] === undefined) {
      yield { path, problem: `framing ${framing} needs ${key}`, remedy: `add ${key}` };
    }
  }
  if (serial['empty'] !== undefined && serial['ask'] === undefined) {
    yield { path: [...path, 'empty'], problem: 'an answer without a question', remedy: 'add ask' };
  }
}

/** A reader that speaks by itself would speak into the others' answers. */
function* checkShared(
  path: readonly string[],
  serial: Loose,
  readers: Entries,
  onLine: ReadonlyMap<string, string>,
): Generator<RuleError> {
  const line = serial['line'];
  if (typeof line !== 'string') return;
  if (readers.some(([, reader]) => loose(reader['osdp'])['line'] === line)) {
    const problem = `OSDP readers have the line ${quoted(line)}`;
    yield { path: [...path, 'line'], problem, remedy: 'give it a port of its own' };
  }
  const other = onLine.get(line);
  if (other === undefined) return;
  const before = loose(readers.find(([id]) => id === other)?.[1]['serial']);
  if (isAsked(serial) && isAsked(before)) return;
  const problem = `${quoted(line)} is the line of ${other}, and readers that speak by themselves share none`;
  yield { path: [...path, 'line'], problem, remedy: 'give it a port of its own' };
}

function isAsked(serial: Loose): boolean {
  const framing = String(serial['framing']);
  return framing === 'modbus-rtu' || askedPresets.includes(framing) || serial['ask'] !== undefined;
}

function loose(value: unknown): Loose {
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMapping ? (value as Loose) : {};
}
