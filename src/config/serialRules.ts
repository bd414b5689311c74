/** What needs more than one key to judge about serial ports and the readers on them. */

import { checkSerialReaders } from './serialReaderRules.js';
import { knownFormats } from './siteFormats.js';
import { type Known, quoted, type RuleError, suggest } from './siteRules.js';
import type { KeyPath } from './yamlTree.js';

type Loose = Readonly<Record<string, unknown>>;
type Entries = readonly (readonly [string, Loose])[];

/** Speeds every OSDP reader may have. */
const osdpBauds = [9_600, 19_200, 38_400, 57_600, 115_200, 230_400];

/** A line that is an input or output of an OSDP reader: `lobby-in/in1`, `lobby-in/out1`. */
export const readerLine = /^([a-z][a-z0-9_-]{0,31})\/(in|out)([1-9]|[1-5][0-9]|6[0-4])$/;

export function* checkSerialRules(value: unknown, known: Known): Generator<RuleError> {
  const site = loose(value);
  const ports = entries(site['serial']);
  const readers = entries(site['readers']);
  yield* checkPorts(ports, readers, site['board']);
  yield* checkOsdp(ports, readers, [...knownFormats(site['formats'], known.formats).keys()]);
  yield* checkSerialReaders(ports, readers);
  yield* checkReaderLines(site, readers);
}

function* checkPorts(ports: Entries, readers: Entries, board: unknown): Generator<RuleError> {
  const devices = new Map<unknown, string>();
  for (const [id, port] of ports) {
    const { device, baud } = port;
    const path = ['serial', id, 'device'];
    if (device === undefined && typeof board === 'string' && board !== 'mock') {
      yield { path: ['serial', id], problem: 'no device', remedy: 'write device: /dev/serial/by-id/...' };
    }
    const other = device === undefined ? undefined : devices.get(device);
    if (other !== undefined) {
      const see = ['serial', other, 'device'];
      yield { path, problem: `it is the device of ${other} already`, remedy: 'give each port its own', see };
    }
    devices.set(device, id);
    const isOsdp = readers.some(([, reader]) => loose(reader['osdp'])['line'] === id);
    if (isOsdp && typeof baud === 'number' && !osdpBauds.includes(baud)) {
      const problem = `${baud} is no speed of OSDP`;
      yield { path: ['serial', id, 'baud'], problem, remedy: `write one of: ${osdpBauds.join(', ')}` };
    }
    const framing = [port['parity'] ?? 'none', port['dataBits'] ?? 8, port['stopBits'] ?? 1].join(' ');
    if (isOsdp && framing !== 'none 8 1') {
      const remedy = 'remove parity, dataBits and stopBits';
      yield { path: ['serial', id], problem: 'OSDP is 8 data bits, no parity, 1 stop bit', remedy };
    }
  }
}

function* checkOsdp(ports: Entries, readers: Entries, formats: readonly string[]): Generator<RuleError> {
  const names = ports.map(([id]) => id);
  const taken = new Map<string, string>();
  for (const [id, reader] of readers) {
    if (reader['osdp'] === undefined) continue;
    const path = ['readers', id, 'osdp'];
    const { line, address, formats: given } = loose(reader['osdp']);
    if (reader['wiegand'] !== undefined) {
      yield { path, problem: 'the reader has wiegand already', remedy: 'keep the one it is wired by' };
    }
    if (reader['tamper'] !== undefined) {
      const remedy = 'remove it: an OSDP reader tells its tamper itself';
      yield { path: ['readers', id, 'tamper'], problem: 'a line for what the reader tells', remedy };
    }
    if (typeof line === 'string' && !names.includes(line)) {
      const problem = `there is no port ${quoted(line)} under serial`;
      yield { path: [...path, 'line'], problem, remedy: suggest(line, names) };
    }
    const place = `${line} ${address}`;
    const other = taken.get(place);
    if (other !== undefined && typeof address === 'number') {
      const see = ['readers', other, 'osdp', 'address'];
      const problem = `${address} is the address of ${other} on this line already`;
      yield { path: [...path, 'address'], problem, remedy: 'give each reader its own', see };
    }
    taken.set(place, id);
    yield* checkFormats([...path, 'formats'], given, formats);
  }
}

function* checkFormats(path: KeyPath, given: unknown, known: readonly string[]): Generator<RuleError> {
  if (!Array.isArray(given)) return;
  for (const [index, format] of given.entries()) {
    if (typeof format !== 'string' || known.includes(format)) continue;
    yield {
      path: [...path, index],
      problem: `${quoted(format)} is not a card format`,
      remedy: suggest(format, known),
    };
  }
}

/** Contacts, buttons and relays at a reader instead of at the board. */
function* checkReaderLines(site: Loose, readers: Entries): Generator<RuleError> {
  const osdpReaders = readers.filter(([, reader]) => reader['osdp'] !== undefined).map(([id]) => id);
  for (const [door, body] of entries(site['doors'])) {
    for (const [key, way] of [
      ['relay', 'out'],
      ['contact', 'in'],
      ['rex', 'in'],
    ] as const) {
      const line = loose(body[key])['line'];
      if (typeof line !== 'string' || !line.includes('/')) continue;
      const path = ['doors', door, key, 'line'];
      const [, reader, direction] = readerLine.exec(line) ?? [];
      if (reader === undefined || direction !== way) {
        const problem = `${quoted(line)} is no ${way === 'in' ? 'input' : 'output'} of a reader`;
        yield { path, problem, remedy: `write READER/${way}1` };
        continue;
      }
      if (osdpReaders.includes(reader)) continue;
      const problem = `there is no OSDP reader ${quoted(reader)}`;
      yield { path, problem, remedy: suggest(reader, osdpReaders) };
    }
  }
}

function loose(value: unknown): Loose {
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMapping ? (value as Loose) : {};
}

function entries(value: unknown): Entries {
  return Object.entries(loose(value)).map(([id, body]) => [id, loose(body)]);
}
