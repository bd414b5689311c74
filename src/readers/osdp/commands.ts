/** What the panel can say to a reader, and its bytes (SIA OSDP v2.2, section 6). */

/** Codes by name. */
export const commandCodes = {
  poll: 0x60,
  id: 0x61,
  capabilities: 0x62,
  localStatus: 0x64,
  inputStatus: 0x65,
  outputStatus: 0x66,
  readerStatus: 0x67,
  output: 0x68,
  led: 0x69,
  buzzer: 0x6a,
  text: 0x6b,
  comset: 0x6e,
  keyset: 0x75,
  challenge: 0x76,
  cryptogram: 0x77,
  receiveSize: 0x7b,
  fileTransfer: 0x7c,
  manufacturer: 0x80,
  transparent: 0xa1,
  abort: 0xa2,
  keepActive: 0xa7,
} as const;

export type LedColour = 'off' | 'red' | 'green' | 'amber' | 'blue' | 'magenta' | 'cyan' | 'white';
const colours: readonly LedColour[] = ['off', 'red', 'green', 'amber', 'blue', 'magenta', 'cyan', 'white'];

/** Blinks between two colours; times are milliseconds, sent as tenths of a second. */
export interface LedPattern {
  readonly onMs: number;
  readonly offMs: number;
  readonly on: LedColour;
  readonly off: LedColour;
}

export interface LedCommand {
  readonly kind: 'led';
  readonly reader: number;
  readonly led: number;
  /** For a while, then back to the permanent pattern; `cancel` ends one that is running. */
  readonly temporary?: (LedPattern & { readonly forMs: number }) | 'cancel';
  readonly permanent?: LedPattern;
}

export interface BuzzerCommand {
  readonly kind: 'buzzer';
  readonly reader: number;
  readonly tone: 'off' | 'default';
  readonly onMs: number;
  readonly offMs: number;
  /** 0 = until the next buzzer command. */
  readonly count: number;
}

export interface TextCommand {
  readonly kind: 'text';
  readonly reader: number;
  /** Absent = permanent. */
  readonly forSeconds?: number;
  readonly row: number;
  readonly column: number;
  /** Printable ASCII; anything else becomes `?`. At most 64 characters are sent. */
  readonly text: string;
}

/** `for` returns to the state before after the time; without it the output stays. */
export interface OutputCommand {
  readonly kind: 'output';
  readonly output: number;
  readonly on: boolean;
  readonly forMs?: number;
}

export type Command =
  | { readonly kind: 'poll' | 'id' | 'capabilities' | 'abort' }
  | { readonly kind: 'localStatus' | 'inputStatus' | 'outputStatus' | 'readerStatus' }
  | OutputCommand
  | LedCommand
  | BuzzerCommand
  | TextCommand
  | { readonly kind: 'comset'; readonly address: number; readonly baud: number }
  | { readonly kind: 'keyset'; readonly key: Uint8Array }
  | { readonly kind: 'challenge'; readonly rndA: Uint8Array }
  | { readonly kind: 'cryptogram'; readonly server: Uint8Array }
  | { readonly kind: 'receiveSize'; readonly bytes: number }
  | {
      readonly kind: 'fileTransfer';
      readonly type: number;
      readonly total: number;
      readonly offset: number;
      readonly fragment: Uint8Array;
    }
  /** `oui` is three bytes. */
  | { readonly kind: 'manufacturer'; readonly oui: Uint8Array; readonly data: Uint8Array }
  | { readonly kind: 'keepActive'; readonly forMs: number };

export type CommandKind = Command['kind'];

/** The data bytes of a command, in clear. Numbers out of range are cut to what fits. */
export function commandData(command: Command): Uint8Array {
  return Uint8Array.from(dataOf(command));
}

function dataOf(command: Command): readonly number[] {
  switch (command.kind) {
    case 'id':
    case 'capabilities':
      return [0];
    case 'output':
      return [command.output, outputControl(command), ...u16(tenths(command.forMs ?? 0))];
    case 'led':
      return [
        command.reader,
        command.led,
        ...temporaryOf(command.temporary),
        ...permanentOf(command.permanent),
      ];
    case 'buzzer':
      return buzzerData(command);
    case 'text':
      return textData(command);
    case 'comset':
      return [command.address, ...u32(command.baud)];
    case 'keyset':
      return [1, command.key.length, ...command.key];
    case 'challenge':
      return [...command.rndA];
    case 'cryptogram':
      return [...command.server];
    case 'receiveSize':
      return u16(command.bytes);
    case 'fileTransfer': {
      const { type, total, offset, fragment } = command;
      return [type, ...u32(total), ...u32(offset), ...u16(fragment.length), ...fragment];
    }
    case 'manufacturer':
      return [...command.oui, ...command.data];
    case 'keepActive':
      return u16(command.forMs);
    default:
      return [];
  }
}

/** 1 and 2 stay off and on; 5 and 6 return after the timer. */
function outputControl({ on, forMs }: OutputCommand): number {
  if (forMs === undefined) return on ? 2 : 1;
  return on ? 5 : 6;
}

function buzzerData({ reader, tone, onMs, offMs, count }: BuzzerCommand): readonly number[] {
  if (tone === 'off') return [reader, 1, 0, 0, 0];
  return [reader, 2, atLeastOne(onMs), byte(tenths(offMs)), byte(count)];
}

function textData({ reader, forSeconds, row, column, text }: TextCommand): readonly number[] {
  const characters = [...text].slice(0, 64).map((one) => (/^[ -~]$/.test(one) ? one.charCodeAt(0) : 0x3f));
  const command = forSeconds === undefined ? 1 : 3;
  return [reader, command, byte(forSeconds ?? 0), row, column, characters.length, ...characters];
}

/** Readers refuse a pattern whose times are both 0, hence at least a tenth. */
function temporaryOf(temporary: LedCommand['temporary']): readonly number[] {
  if (temporary === undefined) return [0, 0, 0, 0, 0, 0, 0];
  if (temporary === 'cancel') return [1, 0, 0, 0, 0, 0, 0];
  return [2, ...patternOf(temporary), ...u16(tenths(temporary.forMs))];
}

function permanentOf(permanent: LedPattern | undefined): readonly number[] {
  return permanent === undefined ? [0, 0, 0, 0, 0] : [1, ...patternOf(permanent)];
}

function patternOf({ onMs, offMs, on, off }: LedPattern): readonly number[] {
  return [atLeastOne(onMs), byte(tenths(offMs)), colours.indexOf(on), colours.indexOf(off)];
}

function atLeastOne(ms: number): number {
  return Math.max(1, byte(tenths(ms)));
}

function tenths(ms: number): number {
  return Math.round(ms / 100);
}

function byte(value: number): number {
  return Math.min(0xff, Math.max(0, Math.round(value)));
}

function u16(value: number): readonly number[] {
  const whole = Math.min(0xffff, Math.max(0, Math.round(value)));
  return [whole & 0xff, whole >> 8];
}

function u32(value: number): readonly number[] {
  const whole = Math.min(0xffff_ffff, Math.max(0, Math.round(value)));
  return [whole & 0xff, (whole >>> 8) & 0xff, (whole >>> 16) & 0xff, whole >>> 24];
}
