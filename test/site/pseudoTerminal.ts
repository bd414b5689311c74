/** A pseudo-terminal of the kernel: a device file that any program opens as a serial port, and a test at its far end. */
import { ReadStream } from 'node:tty';
import koffi from 'koffi';

export interface PseudoTerminal {
  /** The device file, gone after `close`. */
  readonly path: string;
  onBytes(listener: (bytes: Uint8Array) => void): void;
  write(bytes: Uint8Array): void;
  /** Bits a second that whoever has the device open has set it to. */
  speed(): number;
  /** Pulls the plug: who has the device open sees it go. */
  close(): void;
}

const readWrite = 0o2;
const noControllingTerminal = 0o400;
const closeOnExec = 0o2000000;

/** Opens a new one, or says why this machine has none. */
export function openPseudoTerminal(): PseudoTerminal | { readonly missing: string } {
  try {
    return openMaster();
  } catch (error) {
    return { missing: `no pseudo-terminal: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** `TCGETS2` of Linux and its structure: four flag words, a line, 19 characters, speed in, speed out. */
const termios2 = { get: 0x802c542a, bytes: 44, outSpeedAt: 40 } as const;

function openMaster(): PseudoTerminal {
  const libc = koffi.load('libc.so.6');
  const fd: number = libc.func('int posix_openpt(int flags)')(
    readWrite | noControllingTerminal | closeOnExec,
  );
  if (fd < 0) throw new Error('posix_openpt failed');
  libc.func('int grantpt(int fd)')(fd);
  libc.func('int unlockpt(int fd)')(fd);
  const name = Buffer.alloc(128);
  libc.func('int ptsname_r(int fd, _Out_ uint8_t *name, size_t size)')(fd, name, name.length);
  const path = name.toString('latin1', 0, name.indexOf(0));
  const ioctl: (fd: number, request: number, argument: Buffer) => number = libc.func(
    'int ioctl(int fd, unsigned long request, _Out_ uint8_t *argument)',
  );
  const master = new ReadStream(fd);
  // While nobody has the device open the kernel answers reads with an error.
  master.on('error', () => {});
  return {
    path,
    onBytes: (listener) => {
      master.on('data', listener);
    },
    write: (bytes) => {
      master.write(Uint8Array.from(bytes));
    },
    speed: () => {
      const termios = Buffer.alloc(termios2.bytes);
      return ioctl(fd, termios2.get, termios) === 0 ? termios.readUInt32LE(termios2.outSpeedAt) : 0;
    },
    close: () => {
      master.destroy();
    },
  };
}
