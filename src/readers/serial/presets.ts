/** Models of the field as rows, and the settings of one reader from what its site file says. */
import type { CheckKind } from './checks.js';
import type { CheckRule, PollRule, SerialSettings } from './settings.js';

/** What a site file may say of one reader; bytes are hex text, spaces allowed. Which keys go together: the site rules. */
export interface SerialGiven {
  /** A preset, or one of the three kinds. */
  readonly framing: string;
  readonly start?: string | undefined;
  readonly end?: string | undefined;
  readonly silenceMs?: number | undefined;
  readonly bytesMax?: number | undefined;
  readonly keys?: boolean | undefined;
  readonly keyPrefix?: string | undefined;
  readonly acknowledge?: string | undefined;
  readonly header?: string | undefined;
  readonly lengthAt?: number | undefined;
  readonly lengthBytes?: 1 | 2 | undefined;
  readonly lengthOrder?: 'big' | 'little' | undefined;
  readonly lengthComplement?: boolean | undefined;
  readonly lengthPlus?: number | undefined;
  readonly trailer?: string | undefined;
  readonly unit?: number | undefined;
  readonly function?: 3 | 4 | undefined;
  readonly register?: number | undefined;
  readonly count?: number | undefined;
  readonly sequenceWord?: number | undefined;
  readonly flagCoil?: number | undefined;
  readonly clear?: string | undefined;
  readonly text?: 'hex' | 'decimal' | 'binary' | undefined;
  readonly offset?: number | undefined;
  readonly length?: number | undefined;
  readonly pattern?: string | undefined;
  readonly reversed?: boolean | undefined;
  readonly bits?: number | undefined;
  readonly check?:
    | {
        readonly kind: CheckKind;
        readonly over?: 'decoded' | 'sent' | undefined;
        readonly from?: number | undefined;
        readonly written?: 'hex' | 'binary' | undefined;
        readonly order?: 'big' | 'little' | undefined;
        readonly polynomial?: number | undefined;
        readonly start?: number | undefined;
        readonly reflected?: boolean | undefined;
      }
    | undefined;
  readonly ask?: string | undefined;
  readonly everyMs?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly empty?: string | undefined;
  readonly repeatMs?: number | undefined;
  readonly show?: Readonly<Record<string, string | undefined>> | undefined;
}

const xorOfHex = { kind: 'xor', over: 'decoded', from: 0, written: 'hex' } as const;

/** Ready for use; where a model is set otherwise, its keys are written out instead. */
export const serialPresets: ReadonlyMap<string, SerialGiven> = new Map<string, SerialGiven>([
  // 02, 10 hex characters, 2 of their XOR, mostly 0D 0A, 03: ID-12, RDM6300 and their kin at 9600.
  [
    'em4100',
    { framing: 'delimited', start: '02', end: '03', text: 'hex', length: 10, check: xorOfHex, bytesMax: 16 },
  ],
  // The same digits bare, ended by silence: EM-18 at 9600.
  ['em18', { framing: 'delimited', text: 'hex', length: 10, check: xorOfHex, bytesMax: 12 }],
  // Converters from Wiegand: decimal digits and a line end, a key by itself.
  ['decimal-line', { framing: 'delimited', end: '0D 0A', text: 'decimal', keys: true, bytesMax: 20 }],
  // Hex digits ended by silence, a key by itself.
  ['hex-line', { framing: 'delimited', text: 'hex', keys: true, bytesMax: 32 }],
  // 02, length of all, type, serial number, XOR from the length on, 03: low-cost MIFARE readers at 9600.
  [
    'mifare-stx',
    {
      ...{
        framing: 'length-prefixed',
        header: '02',
        lengthAt: 1,
        lengthPlus: 0,
        trailer: '03',
        bytesMax: 32,
      },
      ...{ text: 'binary', offset: 2, check: { kind: 'xor', from: 1 } },
    },
  ],
  // Four holding registers from 1000, and a coil at 1004 that says there is a new card: Inveo.
  ['inveo', { framing: 'modbus-rtu', function: 3, register: 1_000, count: 4, flagCoil: 1_004 }],
  // Two holding registers from 2, all zero without a card: VRD-485 of Technotrade, at 19200 without parity.
  ['vrd-485', { framing: 'modbus-rtu', function: 3, register: 2, count: 2 }],
]);

/** The settings a reader works by. Throws for a framing that is not known: the site rules let none pass. */
export function serialSettingsOf(given: SerialGiven): SerialSettings {
  const preset = serialPresets.get(given.framing);
  const all: SerialGiven =
    preset === undefined ? given : { ...preset, ...definedOf(given), framing: preset.framing };
  const common = {
    name: given.framing,
    repeatMs: all.repeatMs ?? 2_000,
    show: Object.fromEntries(Object.entries(all.show ?? {}).map(([signal, hex]) => [signal, bytesOf(hex)])),
    card: cardOf(all),
  };
  if (all.framing === 'delimited') return { ...common, ...delimitedOf(all) };
  if (all.framing === 'length-prefixed') return { ...common, ...prefixedOf(all) };
  if (all.framing === 'modbus-rtu') return { ...common, ...modbusOf(all) };
  throw new Error(`no framing ${JSON.stringify(given.framing)}`);
}

function delimitedOf(all: SerialGiven) {
  const { start, end, silenceMs = 50, bytesMax = 64, keys = false } = all;
  return {
    framing: 'delimited' as const,
    ...(start === undefined ? {} : { start: bytesOf(start) }),
    ...(end === undefined ? {} : { end: bytesOf(end) }),
    ...{ silenceMs, bytesMax, keys },
    ...framedOf(all, 'hex'),
  };
}

function prefixedOf(all: SerialGiven) {
  const { header, lengthAt = 1, lengthBytes = 1, trailer, bytesMax = 64 } = all;
  const fieldsEnd = lengthAt + lengthBytes * (all.lengthComplement === true ? 2 : 1);
  return {
    framing: 'length-prefixed' as const,
    ...{ header: bytesOf(header), lengthAt, lengthBytes, bytesMax },
    lengthOrder: all.lengthOrder ?? 'big',
    lengthComplement: all.lengthComplement ?? false,
    // A length counts what follows it, unless told otherwise.
    lengthPlus: all.lengthPlus ?? fieldsEnd,
    ...(trailer === undefined ? {} : { trailer: bytesOf(trailer) }),
    ...framedOf(all, 'binary'),
  };
}

function framedOf(all: SerialGiven, usual: 'hex' | 'binary') {
  const { acknowledge, keyPrefix } = all;
  return {
    ...checkOfGiven(all, usual),
    ...pollOf(all),
    ...(acknowledge === undefined ? {} : { acknowledge: bytesOf(acknowledge) }),
    ...(keyPrefix === undefined ? {} : { keyPrefix: bytesOf(keyPrefix) }),
  };
}

function modbusOf(all: SerialGiven) {
  const { unit = 1, register = 0, count = 1, sequenceWord, flagCoil, clear } = all;
  const newBy =
    sequenceWord !== undefined
      ? ({ by: 'sequence', word: sequenceWord } as const)
      : flagCoil !== undefined
        ? ({ by: 'coil', coil: flagCoil } as const)
        : ({ by: 'change' } as const);
  return {
    framing: 'modbus-rtu' as const,
    ...{ unit, function: all.function ?? 3, start: register, count, newBy },
    ...(clear === undefined ? {} : { clear: bytesOf(clear) }),
    ...{ everyMs: all.everyMs ?? 200, timeoutMs: all.timeoutMs ?? 200 },
  };
}

function cardOf(all: SerialGiven) {
  const { text, offset = 0, length, pattern, reversed = false, bits } = all;
  return {
    text: text ?? (all.framing === 'delimited' ? 'hex' : 'binary'),
    ...{ offset, reversed },
    ...(length === undefined ? {} : { length }),
    ...(pattern === undefined ? {} : { pattern }),
    ...(bits === undefined ? {} : { bits }),
  };
}

function checkOfGiven({ check }: SerialGiven, usual: 'hex' | 'binary'): { readonly check?: CheckRule } {
  if (check === undefined) return {};
  const { kind, over = 'sent', from = 0, written = usual, order = 'little', polynomial } = check;
  const crc =
    polynomial === undefined
      ? {}
      : { crc: { polynomial, start: check.start ?? 0, reflected: check.reflected ?? false } };
  return { check: { ...{ kind, over, from, written, order }, ...crc } };
}

function pollOf({ ask, everyMs = 200, timeoutMs = 200, empty }: SerialGiven): { readonly poll?: PollRule } {
  if (ask === undefined) return {};
  const none = empty === undefined ? {} : { empty: bytesOf(empty) };
  return { poll: { send: bytesOf(ask), everyMs, timeoutMs, ...none } };
}

/** Bytes of hex text; the site file's schema lets nothing else pass. */
function bytesOf(hex = ''): Uint8Array {
  const digits = hex.replaceAll(' ', '');
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) =>
    Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16),
  );
}

function definedOf(given: SerialGiven): Partial<SerialGiven> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
