/**
 * What the web thread may ask about readers on RS485 lines, and what it gets back. Pure types that travel between
 * threads as JSON. Keys never do, but for the one an operator types: it goes in, and never comes back.
 */
import type { Actor, ReaderId } from './model.js';

/** One reader as its panel sees it. */
export interface PeripheralView {
  readonly reader: ReaderId;
  readonly line: string;
  readonly address: number;
  readonly state: 'offline' | 'identifying' | 'secure-channel' | 'online';
  /** Its frames are sealed under a key of its own. */
  readonly secure: boolean;
  /** `off`: the site file says that it speaks in clear. */
  readonly policy: 'required' | 'off';
  /** A key of its own is kept for it. */
  readonly keyed: boolean;
  /** How its last new key ended in this run: `keyed` = proved. Absent = there was none, or it is on its way. */
  readonly keyEnded?: 'keyed' | 'refused' | 'not-taken' | 'time' | 'not-stored';
  readonly alarms: readonly string[];
  /** Install mode ends after so many ms; absent = not armed. */
  readonly armedForMs?: number;
  readonly identity?: {
    /** Three bytes, hex. */
    readonly vendor: string;
    readonly model: number;
    readonly version: number;
    readonly serial: number;
    readonly firmware: string;
  };
  readonly capabilities: readonly {
    readonly function: number;
    readonly level: number;
    readonly count: number;
  }[];
  /** Inputs by number from 1, as last told. */
  readonly inputs: readonly string[];
  readonly counters: Readonly<Record<string, number>>;
  readonly replyMs?: { readonly p50: number; readonly p99: number };
}

/** A line and what is being looked for on it. */
export interface OsdpLineView {
  readonly line: string;
  readonly baud: number;
  readonly readers: readonly PeripheralView[];
  readonly survey?: SurveyView;
}

/** A scan or a move, running or the last one. */
export interface SurveyView {
  readonly kind: 'scan' | 'move';
  readonly done: boolean;
  /** 0 to 1. */
  readonly share: number;
  readonly found: readonly {
    readonly address: number;
    readonly baud: number;
    readonly identity?: PeripheralView['identity'];
  }[];
  readonly outcome?: 'moved' | 'refused' | 'silent' | 'lost';
}

/** One frame or piece of the line, for `monitor`. Keys and PINs are zeros in it. */
export interface TraceRecord {
  /** Rising by one. */
  readonly seq: number;
  readonly wallMs: number;
  readonly io: 'input' | 'output';
  /** Hex. */
  readonly data: string;
}

/** What a reader said by itself in its vendor's words. */
export interface VendorWord {
  /** Rising by one, for each reader. */
  readonly seq: number;
  readonly wallMs: number;
  /** Hex, three bytes. */
  readonly oui: string;
  /** Hex. */
  readonly data: string;
}

export type OsdpAsk =
  | { readonly ask: 'lines' }
  | { readonly ask: 'arm'; readonly reader: ReaderId; readonly by: Actor }
  | { readonly ask: 'disarm'; readonly reader: ReaderId; readonly by: Actor }
  /** The key a reader was given by a card or an app of its maker: 32 hex digits. */
  | { readonly ask: 'enter-key'; readonly reader: ReaderId; readonly key: string; readonly by: Actor }
  | { readonly ask: 'scan'; readonly line: string; readonly bauds: readonly number[]; readonly by: Actor }
  /** A reader that is not in the site file: by where it is now. */
  | {
      readonly ask: 'move';
      readonly line: string;
      readonly from: { readonly address: number; readonly baud: number };
      readonly to: { readonly address: number; readonly baud: number };
      readonly by: Actor;
    }
  /** A reader of the site file, in its session. */
  | {
      readonly ask: 'set-address';
      readonly reader: ReaderId;
      readonly address: number;
      readonly baud: number;
      readonly by: Actor;
    }
  | { readonly ask: 'trace'; readonly line: string; readonly after: number }
  /** A vendor's own command: OUI and data as hex. */
  | {
      readonly ask: 'manufacturer';
      readonly reader: ReaderId;
      readonly oui: string;
      readonly data: string;
      readonly by: Actor;
    }
  /** What it said in its vendor's words without being asked. */
  | { readonly ask: 'words'; readonly reader: ReaderId; readonly after: number }
  | {
      readonly ask: 'file';
      readonly reader: ReaderId;
      /** 1 opaque, 2 biometric template, 3 display, 128 and up private. */
      readonly type: number;
      readonly base64: string;
      readonly by: Actor;
    };

export type OsdpRefusal =
  | 'unknown-reader'
  | 'unknown-line'
  /** The reader is not online. */
  | 'offline'
  /** The site file says that this reader speaks in clear. */
  | 'clear-reader'
  /** The key store cannot be written. */
  | 'no-key-store'
  /** The line is being surveyed, or the reader has too much to do. */
  | 'busy'
  | 'address-taken'
  /** A key that everybody would try. */
  | 'weak-key'
  /** A key was sent to the reader, and whether it took it is not known yet. */
  | 'key-pending'
  /** A message longer than the reader takes. */
  | 'too-long'
  /** The reader said no, or what it said was no answer. */
  | 'refused';

export type OsdpAnswer =
  | { readonly answer: 'lines'; readonly lines: readonly OsdpLineView[] }
  | { readonly answer: 'trace'; readonly records: readonly TraceRecord[]; readonly last: number }
  | { readonly answer: 'words'; readonly words: readonly VendorWord[]; readonly last: number }
  /** `data`: what the reader answered to a vendor's command, hex. */
  | { readonly answer: 'done'; readonly data?: string }
  | { readonly answer: 'refused'; readonly why: OsdpRefusal };
