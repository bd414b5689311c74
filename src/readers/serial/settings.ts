/** How one simple serial reader speaks. Three kinds cover the field; a model is a row of `presets.ts`, never code. */
import type { CheckKind, Crc16 } from './checks.js';

/** A check value at the end of a frame's content. */
export interface CheckRule {
  readonly kind: CheckKind;
  readonly crc?: Crc16;
  /** Over the bytes the hex text stands for, or over the bytes as sent. */
  readonly over: 'decoded' | 'sent';
  /** The first byte it covers; of a length-prefixed frame counted from its header. */
  readonly from: number;
  /** Two hex characters a byte, or binary. */
  readonly written: 'hex' | 'binary';
  /** Of two bytes which comes first. */
  readonly order: 'big' | 'little';
}

/** Where the card's number stands in the content, and how. Offsets are characters of text, bytes of binary. */
export interface CardRule {
  readonly text: 'hex' | 'decimal' | 'binary';
  readonly offset: number;
  /** To the end when left out. */
  readonly length?: number;
  /** What stands around the number, for instance `ID={card};`; instead of offset and length. */
  readonly pattern?: string;
  /** The last byte is the first: UIDs are printed both ways. */
  readonly reversed: boolean;
  /** The length a credential must have; left out, cards of any length with this number match. */
  readonly bits?: number;
}

/** Asked again and again; such readers can share a line, each with its own address in its frames. */
export interface PollRule {
  readonly send: Uint8Array;
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** A content that begins so says that there is no card. */
  readonly empty?: Uint8Array;
}

interface Common {
  /** The name cards of this reader have in logs. */
  readonly name: string;
  readonly card: CardRule;
  /** The same card again within this time, held or repeated, is no second read. */
  readonly repeatMs: number;
  /** Bytes sent to the reader with a signal; it need not answer. */
  readonly show: Readonly<Partial<Record<string, Uint8Array>>>;
}

/** What both kinds of frames have beside the number. */
interface Framed {
  readonly check?: CheckRule;
  readonly poll?: PollRule;
  /** Sent at once after a frame with a card or a key, to readers that say it again until then. */
  readonly acknowledge?: Uint8Array;
  /** A content of these bytes and one more is a key of the keypad, and no card. */
  readonly keyPrefix?: Uint8Array;
}

export interface DelimitedSettings extends Common, Framed {
  readonly framing: 'delimited';
  readonly start?: Uint8Array;
  /** Left out: a frame ends by silence. */
  readonly end?: Uint8Array;
  readonly silenceMs: number;
  /** Of the content, its check value and line ends. */
  readonly bytesMax: number;
  /** A key of the keypad is one character by itself, ended by silence. */
  readonly keys: boolean;
}

export interface PrefixedSettings extends Common, Framed {
  readonly framing: 'length-prefixed';
  readonly header: Uint8Array;
  /** Counted from the header's first byte. */
  readonly lengthAt: number;
  readonly lengthBytes: 1 | 2;
  readonly lengthOrder: 'big' | 'little';
  /** The complement of the length follows it. */
  readonly lengthComplement: boolean;
  /** The whole frame is the length plus this. */
  readonly lengthPlus: number;
  readonly trailer?: Uint8Array;
  readonly bytesMax: number;
}

/** What tells a new card: another value, another sequence number (a word of the answer), or a coil. */
export type NewRule =
  | { readonly by: 'change' }
  | { readonly by: 'sequence'; readonly word: number }
  | { readonly by: 'coil'; readonly coil: number };

export interface ModbusSettings extends Common {
  readonly framing: 'modbus-rtu';
  readonly unit: number;
  /** 3 holding registers, 4 input registers. */
  readonly function: 3 | 4;
  readonly start: number;
  readonly count: number;
  readonly newBy: NewRule;
  /** Written after a read: the function code and data of a request, without unit and CRC. */
  readonly clear?: Uint8Array;
  readonly everyMs: number;
  readonly timeoutMs: number;
}

export type SerialSettings = DelimitedSettings | PrefixedSettings | ModbusSettings;
