import assert from 'node:assert/strict';
import { symlinkSync, unlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  openSerialPort,
  type Port,
  type PortOptions,
  type SerialDeps,
} from '../../../hardware/drivers/serialport.js';
import type { SerialFault } from '../../../hardware/ports.js';
import { openPseudoTerminal, type PseudoTerminal } from '../../site/pseudoTerminal.js';
import { createManualClock } from '../manualClock.js';

const request = { port: 'rs485', device: '/dev/serial/by-id/usb-adapter', baud: 9_600 };

/** npm serialport as its documentation describes it, with the test's hand on the plug. */
function fakePorts() {
  const story: string[] = [];
  let refuse: string | undefined;
  let current: { onData(bytes: Uint8Array): void; unplug(): void } | undefined;
  const makePort = (options: PortOptions): Port => {
    let isOpen = false;
    const listeners = new Map<string, (value: never) => void>();
    const emit = (event: string, value: unknown) => listeners.get(event)?.(value as never);
    const port = {
      writableLength: 0,
      get isOpen() {
        return isOpen;
      },
      open(done: (error: Error | null) => void) {
        story.push(`open ${options.path} ${options.baudRate}${refuse === undefined ? '' : ' refused'}`);
        if (refuse !== undefined) return done(new Error(refuse));
        isOpen = true;
        done(null);
      },
      set: (_lines: unknown, done: (error: Error | null) => void) => done(new Error('Inappropriate ioctl')),
      update: ({ baudRate }: { baudRate: number }) => story.push(`update ${baudRate}`),
      write: (bytes: Uint8Array) => story.push(`write ${[...bytes].join(' ')}`) > 0,
      close() {
        isOpen = false;
        story.push('close');
        emit('close', null);
      },
      on: (event: string, listener: (value: never) => void) => listeners.set(event, listener),
    };
    current = {
      onData: (bytes) => emit('data', bytes),
      unplug() {
        isOpen = false;
        emit('close', new Error('bad file descriptor'));
      },
    };
    return port;
  };
  return {
    story,
    makePort,
    refuse: (why: string | undefined) => {
      refuse = why;
    },
    port: () => {
      assert.ok(current !== undefined);
      return current;
    },
  };
}

function openFake(ports = fakePorts()) {
  const clock = createManualClock();
  const faults: string[] = [];
  const line = openSerialPort(request, { setTimer: clock.setTimer, makePort: ports.makePort });
  line.onFault(({ port, fault, error }) => faults.push(`${port} ${fault} ${error}`.trim()));
  return { ...ports, clock, faults, line };
}

/** The driver imports and opens in promises: lets them all run. */
const turn = () => new Promise<void>((done) => setImmediate(done));

describe('serial port driver', () => {
  it('opens with the speed asked for, hears, sends, and changes speed', async () => {
    const { story, line, port, faults } = openFake();
    const heard: number[] = [];
    line.onBytes((bytes) => heard.push(...bytes));
    await turn();
    port().onData(Uint8Array.of(1, 2));
    line.write(Uint8Array.of(3));
    line.setBaud(38_400);
    line.close();
    assert.deepEqual(heard, [1, 2]);
    assert.deepEqual(faults, []);
    assert.deepEqual(story, [`open ${request.device} 9600`, 'write 3', 'update 38400', 'close']);
  });

  it('tries again with growing waits while the device is away, tells once, and comes back at the last speed', async () => {
    const ports = fakePorts();
    ports.refuse('No such file or directory');
    const { story, line, clock, faults } = openFake(ports);
    for (const waitMs of [100, 250, 500, 1_000, 2_000, 5_000, 5_000]) {
      await turn();
      const before = story.length;
      clock.advanceMs(waitMs - 1);
      await turn();
      assert.equal(story.length, before);
      clock.advanceMs(1);
      await turn();
      assert.equal(story.length, before + 1);
    }
    line.write(Uint8Array.of(1));
    line.setBaud(115_200);
    ports.refuse(undefined);
    clock.advanceMs(5_000);
    await turn();
    assert.deepEqual(faults, ['rs485 unavailable No such file or directory', 'rs485 restored']);
    assert.equal(story.at(-1), `open ${request.device} 115200`);
    line.close();
  });

  it('opens again after the adapter was pulled, at once short, and hears no ghost of the old port', async () => {
    const { story, line, clock, port, faults } = openFake();
    const heard: number[] = [];
    line.onBytes((bytes) => heard.push(...bytes));
    await turn();
    const old = port();
    old.unplug();
    clock.advanceMs(100);
    await turn();
    old.onData(Uint8Array.of(9));
    port().onData(Uint8Array.of(1));
    assert.deepEqual(heard, [1]);
    assert.deepEqual(faults, ['rs485 unavailable bad file descriptor', 'rs485 restored']);
    assert.equal(story.filter((line) => line.startsWith('open')).length, 2);
    line.close();
    assert.equal(clock.armed(), 0);
  });

  it('stops trying when it is closed, and closes what opens too late', async () => {
    const ports = fakePorts();
    ports.refuse('No such file or directory');
    const away = openFake(ports);
    await turn();
    away.line.close();
    away.clock.advanceMs(60_000);
    await turn();
    assert.equal(away.story.length, 1);
    const late = openFake();
    late.line.close();
    await turn();
    assert.deepEqual(late.story, [`open ${request.device} 9600`, 'close']);
    late.line.write(Uint8Array.of(1));
    assert.equal(late.story.length, 2);
  });

  it('takes a driver that cannot be had at all for a device that is away', async () => {
    const clock = createManualClock();
    const faults: SerialFault[] = [];
    const deps: SerialDeps = {
      setTimer: clock.setTimer,
      makePort: () => Promise.reject(new Error('Cannot find package')),
    };
    const line = openSerialPort(request, deps);
    line.onFault((fault) => faults.push(fault));
    await turn();
    assert.deepEqual(faults, [{ port: 'rs485', fault: 'unavailable', error: 'Cannot find package' }]);
    line.close();
  });
});

describe('serial port driver on a pseudo-terminal', () => {
  let folder: string;
  const opened: { close(): void }[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-serial-'));
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) one.close();
    await rm(folder, { recursive: true });
  });
  const terminal = (context: Mocha.Context): PseudoTerminal => {
    const pty = openPseudoTerminal();
    if ('missing' in pty) return context.skip();
    opened.push(pty);
    return pty;
  };
  const openReal = (device: string) => {
    const faults: string[] = [];
    const heard: number[] = [];
    let changed = () => {};
    const line = openSerialPort(
      { port: 'rs485', device, baud: 115_200 },
      {
        setTimer: (run, afterMs) => {
          const timer = setTimeout(run, afterMs);
          return () => clearTimeout(timer);
        },
      },
    );
    opened.push(line);
    line.onBytes((bytes) => {
      heard.push(...bytes);
      changed();
    });
    line.onFault(({ fault }) => {
      faults.push(fault);
      changed();
    });
    const until = (met: () => boolean) =>
      new Promise<void>((done) => {
        changed = () => met() && done();
        changed();
      });
    return { line, faults, heard, until };
  };

  it('carries every byte value both ways through npm serialport', async function () {
    const pty = terminal(this);
    const { line, heard, until } = openReal(pty.path);
    const all = Uint8Array.from({ length: 256 }, (_, n) => n);
    const echoed: number[] = [];
    pty.onBytes((bytes) => {
      echoed.push(...bytes);
      pty.write(bytes);
    });
    // The port is open when something of it arrives.
    const knock = setInterval(() => line.write(all), 20);
    await until(() => heard.length >= 256);
    clearInterval(knock);
    assert.deepEqual(heard.slice(0, 256), [...all]);
    assert.deepEqual(echoed.slice(0, 256), [...all]);
  });

  it('comes back when the adapter was pulled and another device node appears under its name', async function () {
    const first = terminal(this);
    const device = join(folder, 'usb-adapter');
    symlinkSync(first.path, device);
    const { line, faults, heard, until } = openReal(device);
    first.onBytes(() => first.write(Uint8Array.of(1)));
    const knock = setInterval(() => line.write(Uint8Array.of(0)), 10);
    await until(() => heard.includes(1));
    first.close();
    unlinkSync(device);
    await until(() => faults.length === 1);
    const second = terminal(this);
    second.onBytes(() => second.write(Uint8Array.of(2)));
    symlinkSync(second.path, device);
    await until(() => heard.includes(2));
    clearInterval(knock);
    assert.deepEqual(faults, ['unavailable', 'restored']);
  });
});
