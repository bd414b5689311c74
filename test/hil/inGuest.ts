/**
 * The product as a service in the guest, driven through its GPIO lines alone. Run by mocha in the guest, never on its own
 * (`npm run test:hil`). Time is the guest's: its processor is counted, so a busy host changes no figure.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { encode } from '../../src/readers/wiegand/formats.js';
import { wiegandFormats } from '../../src/readers/wiegand/formatTable.js';
import { cards, contact, facility, gpiochipSite, onoffSite, readers, relay, rex } from './loopSite.js';
import {
  type Change,
  changesOf,
  type Frame,
  forgetChanges,
  lineState,
  playFrames,
  playSteps,
  setLevel,
  setPersist,
  until,
} from './simgpio.js';
import { isBack, log, mainPid, playUdev, restartPausing, startedInMs, systemctl, useSite } from './unit.js';

const framesEach = Number(process.env['FRAMES'] || 1_000);
const token = readFileSync('/loop/token', 'utf8');

function bitsOf(number: number): string {
  const format = wiegandFormats.get('H10301');
  assert.ok(format !== undefined);
  const encoded = encode(format, { facility, number: String(number) });
  assert.ok(encoded.ok);
  return encoded.bits;
}

function frame(reader: number, card: number, startUs: number, spacingUs = 1_000): Frame {
  const { d0, d1 } = readers[reader] ?? assert.fail(`no reader ${reader}`);
  return { d0, d1, bits: bitsOf(cards[card % cards.length] ?? 0), startUs, spacingUs };
}

async function get<T>(path: string): Promise<T> {
  const response = await fetch(`http://127.0.0.1:8080${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

interface Health {
  readonly id: string;
  readonly frames: number;
  readonly parityErrors: number;
  readonly lengthErrors: number;
  readonly noise: number;
}

async function counts() {
  const { readers: health } = await get<{ readonly readers: readonly Health[] }>('/api/v1/status');
  const sum = (key: Exclude<keyof Health, 'id'>) => health.reduce((total, one) => total + one[key], 0);
  return { frames: sum('frames'), damaged: sum('parityErrors') + sum('lengthErrors') + sum('noise') };
}

interface Row {
  readonly seq: number | string;
  readonly kind: string;
  readonly reader?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

async function lastSeq(): Promise<number> {
  return (await get<{ readonly lastSeq: number }>('/api/v1/status')).lastSeq;
}

/** How many rows of one kind there are since a sequence number. */
async function rowsSince(seq: number, kind: string): Promise<number> {
  return (await rowsOf(seq, kind)).length;
}

async function rowsOf(seq: number, kind: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let after = seq;
  for (;;) {
    const { items } = await get<{ readonly items: readonly Row[] }>(
      `/api/v1/events?order=asc&limit=1000&after=${after}`,
    );
    rows.push(...items.filter((row) => row.kind === kind));
    const last = items[items.length - 1];
    if (last === undefined || items.length < 1_000) return rows;
    after = Number(last.seq);
  }
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

function figure(text: string): void {
  process.stdout.write(`    FIGURE ${text}\n`);
}

const isUnlocked = (line: number) => lineState(line) === 'out 1';
const isLocked = (line: number) => lineState(line) === 'out 0';

/** However long the longest pulse is; seldom looked at, because the guest's idle time costs nothing but its looks do. */
async function untilLocked(): Promise<void> {
  await until('lobby locked', () => isLocked(relay.lobby), 90_000, 100);
}

/** A card at the lobby until its relay is energised. */
async function openLobby(): Promise<void> {
  await untilLocked();
  await playFrames([frame(0, 0, 1_000)]);
  await until('lobby unlocked', () => isUnlocked(relay.lobby));
}

/** The leaf opens and closes, and with it the door locks again. */
async function passGarage(): Promise<void> {
  setLevel(contact, 1);
  await sleep(100);
  setLevel(contact, 0);
  await sleep(100);
}

async function startWith(site: string): Promise<void> {
  useSite(site);
  forgetChanges();
  await systemctl('start', 'sallyport');
}

/** Ready is said when doors are served; the API comes a little later. */
async function untilApi(): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const reply = await fetch('http://127.0.0.1:8080/health').catch(() => undefined);
    if (reply?.ok) return;
    assert.ok(tries < 300, 'the API does not come');
    await sleep(100);
  }
}

/** As wired and left alone: data lines idle high, the door closed, nobody at the button. */
function restLines(): void {
  for (const { d0, d1 } of readers) {
    setLevel(d0, 1);
    setLevel(d1, 1);
  }
  setLevel(contact, 0);
  setLevel(rex, 1);
}

describe('the service on the character device', () => {
  before(async () => {
    restLines();
    await startWith(gpiochipSite);
  });

  it('reads cards after its first start, with relays that never moved', async () => {
    const startMs = await startedInMs();
    assert.deepEqual(
      changesOf(relay.lobby).filter(({ level }) => level === '1'),
      [],
    );
    await openLobby();
    figure(`first start to reading cards: ${startMs.toFixed(0)} ms, with a site file nobody has read yet`);
    assert.ok(startMs <= 10_000, `${startMs} ms`);
  });

  it('card to relay, as the kernel sees it', async () => {
    await untilApi();
    const times: number[] = [];
    for (let n = 0; n < 100; n += 1) {
      await until('garage locked', () => isLocked(relay.garage));
      forgetChanges();
      const { lastEdgeNs } = await playFrames([frame(2 + (n % 2), n, 1_000)]);
      await until('garage unlocked', () => isUnlocked(relay.garage));
      const energised = changesOf(relay.garage).find(({ level }) => level === '1');
      times.push(Number((energised?.ns ?? 0n) - lastEdgeNs) / 1e6);
      await passGarage();
    }
    assert.ok(Math.min(...times) >= 25, 'no relay before the frame was over');
    const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
    figure(
      `last edge to relay: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms of ${times.length}, ` +
        'of which 25 ms end the frame',
    );
    assert.ok(p99 <= 300, `${p99} ms`);
  });

  it('an edge the kernel lost: the frame is dropped, the fault logged, the reader health shows it', async () => {
    await untilApi();
    const before = await counts();
    const seq = await lastSeq();
    const { d0, d1 } = readers[0] ?? assert.fail();
    // Two edges of one line in one moment: the kernel has one place for both.
    const pulses = [...bitsOf(cards[0])].flatMap((bit, index) => {
      const line = bit === '0' ? d0 : d1;
      const ns = 1_000_000 + index * 1_000_000;
      const pulse = (at: number) => [
        { ns: at, line, level: 0 as const },
        { ns: at + (index === 7 ? 1 : 50_000), line, level: 1 as const },
      ];
      return index === 7 ? [...pulse(ns), ...pulse(ns + 2)] : pulse(ns);
    });
    await playSteps(pulses);
    await sleep(500);
    const after = await counts();
    assert.equal(after.frames, before.frames);
    assert.equal(after.damaged, before.damaged + 1);
    assert.equal(await rowsSince(seq, 'input-fault'), 1);
    assert.equal(await rowsSince(seq, 'access-granted'), 0);
  });

  it('a request to exit unlocks within 200 ms', async () => {
    await untilLocked();
    const pressedNs = process.hrtime.bigint();
    forgetChanges();
    setLevel(rex, 0);
    await until('lobby unlocked', () => isUnlocked(relay.lobby));
    setLevel(rex, 1);
    const ms = Number((changesOf(relay.lobby)[0]?.ns ?? 0n) - pressedNs) / 1e6;
    figure(`request to exit to relay: ${ms.toFixed(1)} ms, of which 20 ms are its debounce`);
    assert.ok(ms <= 200, `${ms} ms`);
  });

  it('a contact: forced without a grant, taken with one', async () => {
    await untilApi();
    const seq = await lastSeq();
    await passGarage();
    assert.equal(await rowsSince(seq, 'door-forced'), 1);
    await playFrames([frame(2, 1, 1_000)]);
    await until('garage unlocked', () => isUnlocked(relay.garage));
    await passGarage();
    assert.equal(await rowsSince(seq, 'access-taken'), 1);
  });

  it('kill -9 in the middle of a pulse: the relay falls within 1 s and the service is back', async () => {
    await changeDoor('lobby', { unlockMs: 60_000, extendedUnlockMs: 60_000 });
    await openLobby();
    // A card at the other door, again and again: the first that opens it was the first to be read.
    await killed(relay.garage, () =>
      playFrames(Array.from({ length: 60 }, (_, n) => frame(2, 0, 50_000 + n * 200_000))),
    );
  });

  it('a process that hangs is killed by the watchdog, and the relay falls', async () => {
    await openLobby();
    const pid = await mainPid();
    const stoppedNs = process.hrtime.bigint();
    forgetChanges();
    process.kill(pid, 'SIGSTOP');
    await until('lobby locked', () => isLocked(relay.lobby), 10_000);
    const ms = Number((changesOf(relay.lobby)[0]?.ns ?? 0n) - stoppedNs) / 1e6;
    figure(`hang to relay released: ${ms.toFixed(0)} ms (the watchdog allows 5000)`);
    await untilBack(pid);
    assert.ok(ms <= 7_000, `${ms} ms`);
  });

  it('reads cards within 5 s of its start', async () => {
    const startMs = await startedInMs();
    figure(`start to reading cards: ${startMs.toFixed(0)} ms`);
    assert.ok(startMs <= 5_000, `${startMs} ms`);
  });

  it('where the kernel lets outputs fall, they fall with the process', async () => {
    setPersist(false);
    await openLobby();
    const killedNs = process.hrtime.bigint();
    const pid = await mainPid();
    forgetChanges();
    process.kill(pid, 'SIGKILL');
    await until('lobby not driven', () => changesOf(relay.lobby).length > 0);
    const [first] = changesOf(relay.lobby);
    figure(
      `kill -9 to relay released by a strict kernel: ${(Number((first?.ns ?? 0n) - killedNs) / 1e6).toFixed(1)} ms`,
    );
    assert.equal(first?.level, 'free');
    setPersist(true);
    await untilBack(pid);
  });

  it('a stop releases the relays', async () => {
    await openLobby();
    await systemctl('stop', 'sallyport');
    assert.equal(isUnlocked(relay.lobby), false);
  });

  describe('while the control thread pauses 50 ms of every 100', () => {
    before(async () => {
      await restartPausing(true);
      await untilApi();
    });
    after(() => restartPausing(false));

    for (const spacingUs of [200, 1_000, 2_000]) {
      it(`${framesEach} frames at ${spacingUs} us: none lost`, async () => {
        const before = await counts();
        const seq = await lastSeq();
        const periodUs = 26 * spacingUs + 50_000;
        const frames = Array.from({ length: framesEach }, (_, n) => {
          const round = Math.floor(n / readers.length);
          return frame(n % readers.length, n + round, 1_000 + round * periodUs + (n % 4) * 37, spacingUs);
        });
        const { latestUs } = await playFrames(frames);
        await sleep(2_000);
        const after = await counts();
        const lost = framesEach - (after.frames - before.frames);
        const damaged = after.damaged - before.damaged;
        const granted = await rowsSince(seq, 'access-granted');
        figure(
          `${spacingUs} us: ${lost} of ${framesEach} frames lost, ${damaged} damaged, ${granted} granted; ` +
            `the simulated chip was at most ${latestUs.toFixed(0)} us late`,
        );
        const faults = [...(await rowsOf(seq, 'unreadable')), ...(await rowsOf(seq, 'input-fault'))];
        assert.deepEqual([lost, damaged, granted], [0, 0, framesEach], JSON.stringify(faults));
      });
    }
  });
});

describe('the service on sysfs (onoff)', () => {
  before(async () => {
    // Lines once exported stay so.
    const stopUdev = playUdev();
    restLines();
    await startWith(onoffSite);
    stopUdev();
    await untilApi();
  });
  after(() => systemctl('stop', 'sallyport'));

  it('a request to exit unlocks within 200 ms', async () => {
    await untilLocked();
    const pressedNs = process.hrtime.bigint();
    forgetChanges();
    setLevel(rex, 0);
    await until('lobby unlocked', () => isUnlocked(relay.lobby));
    setLevel(rex, 1);
    const ms = Number((changesOf(relay.lobby)[0]?.ns ?? 0n) - pressedNs) / 1e6;
    figure(`onoff: request to exit to relay: ${ms.toFixed(1)} ms`);
    assert.ok(ms <= 200, `${ms} ms`);
  });

  it('a contact is heard', async () => {
    const seq = await lastSeq();
    await passGarage();
    assert.equal(await rowsSince(seq, 'door-forced'), 1);
  });

  it('kill -9 while unlocked: the relay falls within 1 s, the lines left exported are taken over', async () => {
    setLevel(rex, 0);
    await until('lobby unlocked', () => isUnlocked(relay.lobby));
    setLevel(rex, 1);
    // Somebody at the button again and again.
    const presses = Array.from({ length: 60 }, (_, n) => [
      { ns: (50 + n * 200) * 1e6, line: rex, level: 0 as const },
      { ns: (150 + n * 200) * 1e6, line: rex, level: 1 as const },
    ]).flat();
    await killed(relay.lobby, () => playSteps(presses));
    assert.ok(existsSync(`/sys/class/gpio/gpio${512 + relay.lobby}`));
  });
});

/**
 * Kills the process while the lobby is unlocked: its relay falls within a second. `ask` plays, for 12 s, what opens `door`
 * as soon as inputs are read again. Looks at nothing meanwhile: the one processor is the service's.
 */
async function killed(door: number, ask: () => Promise<unknown>): Promise<void> {
  const pid = await mainPid();
  const killedNs = process.hrtime.bigint();
  const sinceMs = ({ ns }: Change) => Number(ns - killedNs) / 1e6;
  forgetChanges();
  process.kill(pid, 'SIGKILL');
  await ask();
  const fell = changesOf(relay.lobby)[0] ?? assert.fail('the relay did not fall');
  const opened = changesOf(door).find(({ level }) => level === '1') ?? assert.fail('nothing is read again');
  await untilBack(pid);
  figure(
    `kill -9 to relay released: ${sinceMs(fell).toFixed(0)} ms; to inputs read again: ${sinceMs(opened).toFixed(0)} ms`,
  );
  assert.equal(fell.level, '0');
  assert.ok(sinceMs(fell) <= 1_000, `${sinceMs(fell)} ms`);
  assert.ok(sinceMs(opened) <= 10_000, `${sinceMs(opened)} ms`);
}

/** Asks seldom: each question takes a tenth of a second of the one processor. */
async function untilBack(pid: number): Promise<void> {
  await until('the service is back', () => isBack(pid), 60_000, 1_000);
}

/** Changes how a door behaves, over the API. */
async function changeDoor(door: string, patch: Readonly<Record<string, number>>): Promise<void> {
  const path = `http://127.0.0.1:8080/api/v1/doors/${door}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'if-match': '*' };
  const reply = await fetch(path, { method: 'PATCH', headers, body: JSON.stringify(patch) });
  if (!reply.ok)
    throw new Error(`${path}: ${reply.status} ${await reply.text()} ${readFileSync(log, 'utf8')}`);
}
