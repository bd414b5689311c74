/**
 * The contract between the controller and any board: lines with names, levels that are active or not, bytes.
 * Nothing here knows of readers, doors or cards. Drivers and the mock pass the same tests.
 */

/** A line's name on its board, for instance `relay1` or `gpio17`. */
export type LineName = string;

/** One change of an input, as the kernel stamped it. */
export interface Edge {
  readonly line: LineName;
  /** After polarity: true = active. */
  readonly active: boolean;
  /** CLOCK_MONOTONIC, microseconds; the moment of the edge, not of its delivery. */
  readonly atUs: number;
  /** Rises by one an edge within one request of lines; a gap is a lost edge. */
  readonly seqno: number;
}

export type InputUse =
  /** A pulse train: leading edges only, in order with its partner line, never debounced. */
  | { readonly kind: 'pulses'; readonly partner: LineName }
  /** A level that stays: both edges, settled for `debounceMs` before it is reported. */
  | { readonly kind: 'level'; readonly debounceMs: number };

export interface InputRequest {
  readonly line: LineName;
  readonly use: InputUse;
  readonly activeLow: boolean;
  /** The resistor of the chip; default `pull-up`, for contacts and open collectors that switch to ground. */
  readonly bias?: Bias;
}

export type Bias = 'pull-up' | 'pull-down' | 'none';

export interface OutputRequest {
  readonly line: LineName;
  readonly activeLow: boolean;
}

/** A fault of a line: lost edges, a line stuck or not to be had. */
export interface LineFault {
  readonly line: LineName;
  readonly fault: 'edges-lost' | 'stuck' | 'unavailable';
}

/** The lines of a board opened: every requested one is held, every output was requested together with its inactive level. */
export interface Lines {
  readonly board: string;
  /** Called for each edge in the order of the kernel's queue. One listener. */
  onEdge(listener: (edge: Edge) => void): void;
  onFault(listener: (fault: LineFault) => void): void;
  /** The level now, after polarity. Throws `LineError` for a line that was not requested as an input. */
  isActive(line: LineName): boolean;
  /** Drives an output at once. Throws `LineError` when the line was not requested or the board refuses. */
  setActive(line: LineName, active: boolean): void;
  /** Hands over now every edge that already waits in the kernel's queue. */
  deliver(): void;
  /**
   * Calls `read` once after the way of the edges, from the wait in the kernel to the listener, has turned once more:
   * proof that inputs are being read. Never calls after `close`.
   */
  prove(read: () => void): void;
  /** All outputs inactive, lines released. Never throws. */
  close(): void;
}

/** A board opened, with the serial ports asked for. `close` closes these too. */
export interface Hardware extends Lines {
  /** The port asked for under this name, the same object each time. Throws `LineError` for one that was not. */
  serial(port: SerialPortName): SerialLine;
}

/** The site's own name of a serial port, for instance `rs485`. */
export type SerialPortName = string;

/** One serial port as a site asks for it. */
export interface SerialRequest {
  readonly port: SerialPortName;
  /**
   * The device file, for instance `/dev/ttyAMA0`, or a name of `/dev/serial/by-id` for a USB adapter. Only the mock
   * board does without one: its port is then a wire in memory.
   */
  readonly device?: string;
  /** Bits a second, 300 to 1,000,000. */
  readonly baud: number;
  /** Default none. */
  readonly parity?: 'none' | 'even' | 'odd';
  /** Default 8. */
  readonly dataBits?: 7 | 8;
  /** Default 1. */
  readonly stopBits?: 1 | 2;
}

/** A port went (adapter pulled, device not there, not ours to open), or came back. Told once each time. */
export interface SerialFault {
  readonly port: SerialPortName;
  readonly fault: 'unavailable' | 'restored';
  /** For people: what the system said. Empty when restored. */
  readonly error: string;
}

/**
 * A serial port that stays: while its device is away it is opened again and again, with the speed last set. Bytes come
 * in pieces of any size, never one frame a piece.
 */
export interface SerialLine {
  /** One listener. Bytes that came before it are lost, as on any wire nobody listens to. */
  onBytes(listener: (bytes: Uint8Array) => void): void;
  /** One listener; it is told at once when the port is away already. */
  onFault(listener: (fault: SerialFault) => void): void;
  /** Sends, in order. Lost while the device is away or has too much to send; nothing after `close`. Never throws. */
  write(bytes: Uint8Array): void;
  /** The speed from now on, both ways. Call it when nothing is being sent. */
  setBaud(baud: number): void;
  close(): void;
}

/** What the site file asks of a board. */
export interface HardwareRequest {
  readonly board: string;
  /** One of the board's drivers; the first of them when left out. */
  readonly driver?: DriverName;
  /** Pulses over a driver that was measured to lose them: only with this. */
  readonly acceptEdgeLoss?: boolean;
  readonly inputs: readonly InputRequest[];
  readonly outputs: readonly OutputRequest[];
  /** None when left out. */
  readonly serial?: readonly SerialRequest[];
}

/** A line that is not on the board, not requested, or cannot be driven. */
export class LineError extends Error {
  constructor(
    readonly line: LineName,
    problem: string,
  ) {
    super(`line ${line}: ${problem}`);
    this.name = 'LineError';
  }
}

/** A board as data: what each line is and how it stands before anything drives it. */
export interface Board {
  readonly id: string;
  readonly name: string;
  /** What can open its lines, best first. */
  readonly drivers: readonly DriverName[];
  readonly lines: ReadonlyMap<LineName, BoardLine>;
  /** The board for people, in lines of text. */
  readonly drawing: string;
}

/**
 * `gpiochip`: the character device. `onoff`: sysfs, for outputs and slow inputs on kernels that have it.
 * `mock`: memory.
 */
export type DriverName = 'mock' | 'gpiochip' | 'onoff';

export interface BoardLine {
  readonly direction: 'input' | 'output' | 'either';
  /** On a real board: the chip with one of these labels, and the line's offset on it. */
  readonly chip?: ChipLine;
  readonly headerPin?: number;
  /** It cannot be used, and why: the board needs it itself, or has a better name for it. */
  readonly reserved?: string;
  /** Level before user space runs; a relay whose active level this is would click at boot. */
  readonly bootLevel: 'high' | 'low' | 'unknown';
}

export interface ChipLine {
  readonly labels: readonly string[];
  readonly offset: number;
}
