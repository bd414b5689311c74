/** The calls of the C library that Node does not offer, through koffi, which is loaded when a driver needs it. */
import { createRequire } from 'node:module';
import { getSystemErrorName } from 'node:util';

export interface Libc {
  /** 0, or the number of the error. `bytes` is read and written by the kernel. */
  ioctl(fd: number, request: number, bytes: Buffer): number;
  /** How many bytes came; 0 when none wait or the descriptor is no more. */
  read(fd: number, bytes: Buffer): number;
  setNonBlocking(fd: number): void;
  /** A descriptor that becomes readable by being written to. */
  eventfd(): number;
  epoll(): number;
  /** `tag` comes back from `wait`. */
  epollAdd(epoll: number, fd: number, tag: number): void;
  /** Waits in a thread of koffi's; then tells the tags that are readable, none after `timeoutMs`. */
  epollWait(epoll: number, timeoutMs: number, done: (tags: readonly number[]) => void): void;
  /** 0, or the number of the error. */
  lock(fd: number): number;
}

const cloexec = 0o2_000_000;
const nonBlocking = 0o4000;
const setStatusFlags = 4;
const addToEpoll = 1;
const readable = 1;
const exclusive = 2;
const doNotWait = 4;
const tagsMax = 64;

/** struct epoll_event is packed on x86, and only there. */
const epollEvent = process.arch === 'x64' ? { bytes: 12, tagAt: 4 } : { bytes: 16, tagAt: 8 };

let loaded: Libc | undefined;

/** The C library of this machine. Throws when koffi has no build for it. */
export function libc(): Libc {
  loaded ??= load();
  return loaded;
}

/** An error number for people, for instance `EBUSY`. */
export function errorName(number: number): string {
  return getSystemErrorName(-number);
}

function load(): Libc {
  const koffi: typeof import('koffi') = createRequire(import.meta.url)('koffi');
  const library = koffi.load('libc.so.6');
  const ioctl = library.func('int ioctl(int fd, ulong request, _Inout_ uint8_t *bytes)');
  const read = library.func('long read(int fd, _Out_ uint8_t *bytes, size_t length)');
  const fcntl = library.func('int fcntl(int fd, int command, ...)');
  const eventfd = library.func('int eventfd(uint32_t value, int flags)');
  const epollCreate = library.func('int epoll_create1(int flags)');
  const epollControl = library.func('int epoll_ctl(int epoll, int operation, int fd, uint8_t *event)');
  const epollWait = library.func('int epoll_wait(int epoll, _Out_ uint8_t *events, int most, int timeout)');
  const flock = library.func('int flock(int fd, int operation)');
  const must = (what: string, result: number): number => {
    if (result >= 0) return result;
    throw new Error(`${what}: ${errorName(koffi.errno())}`);
  };
  const errorOf = (result: number) => (result < 0 ? koffi.errno() : 0);
  return {
    ioctl: (fd, request, bytes) => errorOf(ioctl(fd, request, bytes)),
    read: (fd, bytes) => Math.max(0, Number(read(fd, bytes, bytes.length))),
    setNonBlocking: (fd) => void must('fcntl', fcntl(fd, setStatusFlags, 'int', nonBlocking)),
    eventfd: () => must('eventfd', eventfd(0, cloexec | nonBlocking)),
    epoll: () => must('epoll_create1', epollCreate(cloexec)),
    epollAdd(epoll, fd, tag) {
      const event = Buffer.alloc(epollEvent.bytes);
      event.writeUInt32LE(readable, 0);
      event.writeUInt32LE(tag, epollEvent.tagAt);
      must('epoll_ctl', epollControl(epoll, addToEpoll, fd, event));
    },
    epollWait(epoll, timeoutMs, done) {
      const events = Buffer.alloc(epollEvent.bytes * tagsMax);
      epollWait.async(epoll, events, tagsMax, timeoutMs, (error: unknown, count: number) => {
        const found = error === null && count > 0 ? count : 0;
        const tagOf = (index: number) => events.readUInt32LE(index * epollEvent.bytes + epollEvent.tagAt);
        done(Array.from({ length: found }, (_, index) => tagOf(index)));
      });
    },
    lock: (fd) => errorOf(flock(fd, exclusive | doNotWait)),
  };
}
