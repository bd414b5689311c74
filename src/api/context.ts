/** What every resource of the API works with; made once by `createWeb`. */
import { createHmac } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Json } from '../core/log.js';
import type { ManagementWrite, WriteOp } from '../core/management.js';
import type { Actor, Direction, DoorId, OutputId, ReaderId } from '../core/model.js';
import type { Reads } from '../core/reads.js';
import type { ControlReply, ControlRequest } from '../core/requests.js';
import type { CertificateDesk } from './certificates.js';
import type { Log } from './log.js';
import { laterProblem, type Problem, writeProblem } from './problem.js';
import type { Machine, SiteFinding } from './system.js';

/** What the site file says that the API needs to know. */
export interface WebSite {
  readonly name: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly doors: readonly {
    readonly id: DoorId;
    /** As OpenDoor's DoorNum names it: 1 to 4, `SA`, `SB`. */
    readonly number: number | string;
    readonly name: string;
    readonly hasContact: boolean;
    /** A request to exit that opens the door without us is fitted and confirmed. */
    readonly hardwareRex?: boolean;
    /** A request to exit is wired to us. */
    readonly hasRex?: boolean;
  }[];
  readonly readers: readonly {
    readonly id: ReaderId;
    readonly name: string;
    readonly door: DoorId;
    readonly direction: Direction;
    /** It has keys. */
    readonly keypad?: boolean;
  }[];
  /** Outputs that belong to no door. */
  readonly outputs?: readonly OutputId[];
  readonly board: string;
  /** Doors of which only one may be open at a time; absent = none. */
  readonly interlocks?: readonly { readonly id: string; readonly doors: readonly DoorId[] }[];
  /** Every wire, as the site file has it; absent = not told. */
  readonly wiring?: readonly {
    readonly where: string;
    readonly use: string;
    /** The use in parts: what the wire is, and what more is known of it. */
    readonly as: string;
    readonly facts: Readonly<Record<string, string>>;
    readonly line: string;
    readonly direction: 'input' | 'output' | 'both';
    readonly active: 'high' | 'low';
    readonly headerPin?: number;
    readonly bootLevel: 'high' | 'low' | 'unknown';
  }[];
  readonly http: {
    /** Requests of one address that may fail within a minute; 600 unless told. */
    readonly failuresPerMinute?: number;
    /** Requests of one address within a minute, whatever comes of them; 12,000 unless told, this machine's own uncounted. */
    readonly requestsPerMinute?: number;
    /** Connections at once; 512 unless told, half of them live streams at most. */
    readonly connectionsMax?: number;
    /** A port for OpenDoor alone, not encrypted; absent = none. */
    readonly openDoorPort?: number;
    /** Whom to tell of a security fault, a URI. */
    readonly securityContact?: string;
  };
}

/** Card formats, handed in by whoever knows how bits travel. */
export interface Cards {
  /** The names `encode` knows. */
  readonly formats: readonly string[];
  /** Bits as a reader sends them, parity included; undefined = unknown format, or a field out of range. */
  encode(format: string, facility: number, number: string, issue?: number): string | undefined;
  /**
   * A frame as sent -> its look-up key and fields, in the format named or the first that fits; undefined = none has
   * this length and parity.
   */
  decode(
    bits: string,
    format?: string,
  ):
    | {
        readonly secret: string;
        readonly bits: number;
        readonly format: string;
        readonly facility?: number;
        readonly number?: string;
      }
    | undefined;
}

/** Backups as files, handed in by whoever knows where they are. */
export interface BackupFiles {
  open(name: string): { readonly bytes: number; readonly stream: Readable } | undefined;
  store(name: string, source: AsyncIterable<Buffer>): Promise<'stored' | 'exists' | 'no-room' | 'broken'>;
}

/** A moment as the web needs it. */
export type Now = () => { readonly monoMs: number; readonly wallMs: number };

export interface Context {
  readonly control: (request: ControlRequest) => Promise<ControlReply>;
  readonly reads: Reads;
  readonly site: WebSite;
  readonly cards: Cards;
  readonly now: Now;
  readonly random: (bytes: number) => Buffer;
  readonly log: Log;
  readonly version: string;
  readonly machine: Machine;
  /** Every mistake of a site file's text; undefined = one is being checked already. */
  readonly checkSite: (yaml: string) => Promise<readonly SiteFinding[] | undefined>;
  /** The files of backups: read, or taken in whole. */
  readonly backups: BackupFiles;
  /** Absent where nothing is encrypted. */
  readonly certificates?: CertificateDesk;
  /** Told after each successful management write of this API. */
  readonly changed: () => void;
}

/** Applies `ops` in one transaction: the new revisions in their order, or the problem. */
export async function write(
  context: Context,
  by: Actor,
  ops: readonly WriteOp[],
  event?: ManagementWrite['event'],
  detail?: { readonly [key: string]: Json },
  alarms?: ManagementWrite['alarms'],
): Promise<{ readonly revisions: readonly number[] } | Problem> {
  const asked: ManagementWrite = {
    by,
    ops,
    ...(event === undefined ? {} : { event }),
    ...(detail === undefined ? {} : { detail }),
    ...(alarms === undefined ? {} : { alarms }),
  };
  const reply = await context.control({ kind: 'write', write: asked });
  if (reply.kind !== 'written') return laterProblem(503, 'The controller is busy.', 5);
  if (!reply.result.ok) return writeProblem(reply.result.error);
  context.changed();
  return { revisions: reply.result.revisions };
}

/** A PIN's look-up key, HMAC-SHA256(pepper, digits) in hex; the pepper is the text of setting `pin-pepper`. */
export function pinSecret(pepper: Json | undefined, digits: string): string | undefined {
  if (typeof pepper !== 'string' || pepper === '') return undefined;
  return createHmac('sha256', pepper).update(digits).digest('hex');
}

/** The key of a PIN that serves with its user's card only: the same digits of two users differ. */
export function cardPinSecret(pepper: Json | undefined, user: string, digits: string): string | undefined {
  return pinSecret(pepper, `${user}\n${digits}`);
}

/** A new random id, 128 bits. */
export function newId(context: Context): string {
  return context.random(16).toString('hex');
}
