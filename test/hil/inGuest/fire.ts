/** Fire and tamper on the kernel's lines: what the relays do, what the log and the API say of it. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, get, lastSeq, rowsOf, rowsSince, status, untilApi } from '../api.js';
import { figure } from '../figures.js';
import { frame, isLocked, isUnlocked, msUntil, serve, untilLocked } from '../hands.js';
import { untilBack } from '../killed.js';
import { fire, gpiochipSite, relay, tamper } from '../loopSite.js';
import { changesOf, forgetChanges, playFrames, setLevel, until } from '../simgpio.js';
import { mainPid } from '../unit.js';

const locks = async () => (await status()).doors.map(({ id, lock }) => `${id} ${lock}`);
const openAlarms = async () =>
  (await get<{ readonly items: readonly Alarm[] }>('/api/v1/alarms')).items.filter(({ active }) => active);

interface Alarm {
  readonly kind: string;
  readonly reader?: string;
  readonly active: boolean;
}

/** A card at the lobby, and time enough for its relay. */
async function cardAtLobby(): Promise<void> {
  await playFrames([frame(0, 0, 1_000)]);
  await sleep(200);
}

describe('the fire alarm', () => {
  let seq = 0;
  before(async () => {
    await serve(gpiochipSite);
    await untilApi();
    await untilLocked();
    seq = await lastSeq();
    assert.equal(await ask('POST', '/api/v1/doors/lobby/lock'), 200);
    await cardAtLobby();
    assert.ok(isLocked(relay.lobby), 'the lobby is locked for everybody');
  });

  it('unlocks its doors within 200 ms, also one that an operator has locked', async () => {
    forgetChanges();
    const firedNs = process.hrtime.bigint();
    setLevel(fire, 1);
    await until('both doors unlocked', () => isUnlocked(relay.lobby) && isUnlocked(relay.garage));
    const ms = Math.max(msUntil(relay.lobby, firedNs), msUntil(relay.garage, firedNs));
    figure(`fire to the last relay of two: ${ms.toFixed(1)} ms, of which 20 ms are its debounce`);
    assert.ok(ms <= 200, `${ms} ms`);
  });

  it('stands in the log, the status and the alarms', async () => {
    await until('logged', async () => (await rowsSince(seq, 'unlocked')) === 2);
    assert.equal(await rowsSince(seq, 'fire-on'), 1);
    assert.deepEqual(
      (await rowsOf(seq, 'unlocked')).map(({ door, detail }) => `${door} ${detail?.['cause']}`).sort(),
      ['garage fire', 'lobby fire'],
    );
    assert.equal((await status()).fire, 'active');
    assert.deepEqual(await locks(), ['lobby unlocked', 'garage unlocked']);
    assert.deepEqual(
      (await openAlarms()).map(({ kind }) => kind),
      ['fire-on'],
    );
  });

  it('is stronger than any command, and no reset while it burns', async () => {
    forgetChanges();
    for (const door of ['lobby', 'garage']) {
      assert.equal(await ask('POST', `/api/v1/doors/${door}/lock`), 200);
      assert.equal(await ask('POST', `/api/v1/doors/${door}/normal`), 200);
    }
    assert.equal(await ask('POST', '/api/v1/doors/lobby/lock'), 200);
    assert.equal(await ask('POST', '/api/v1/fire/reset'), 409);
    await cardAtLobby();
    assert.deepEqual([changesOf(relay.lobby), changesOf(relay.garage)], [[], []]);
    assert.ok(isUnlocked(relay.lobby) && isUnlocked(relay.garage));
  });

  it('outlives its input and the process: doors stand open after kill -9 and a start', async () => {
    setLevel(fire, 0);
    await until('the fire is out', async () => (await rowsSince(seq, 'fire-off')) === 1);
    assert.equal((await status()).fire, 'latched');
    assert.ok(isUnlocked(relay.lobby) && isUnlocked(relay.garage));
    const pid = await mainPid();
    process.kill(pid, 'SIGKILL');
    await until('the outputs fell', () => isLocked(relay.lobby) && isLocked(relay.garage));
    await untilBack(pid);
    await until('both doors unlocked', () => isUnlocked(relay.lobby) && isUnlocked(relay.garage));
    await untilApi();
    assert.equal((await status()).fire, 'latched');
  });

  it('ends by hand: the doors are as they would be without it', async () => {
    assert.equal(await ask('POST', '/api/v1/fire/reset'), 200);
    await until('both doors locked', () => isLocked(relay.lobby) && isLocked(relay.garage));
    assert.equal((await status()).fire, 'off');
    assert.deepEqual(await openAlarms(), []);
    await cardAtLobby();
    assert.ok(isLocked(relay.lobby), "the operator's lock stands");
    assert.equal(await ask('POST', '/api/v1/doors/lobby/normal'), 200);
    await cardAtLobby();
    assert.ok(isUnlocked(relay.lobby));
  });
});

describe('an opened housing', () => {
  it('raises the alarm of its reader, which ends when it is closed', async () => {
    await serve(gpiochipSite);
    await untilApi();
    const seq = await lastSeq();
    const housing = async () => (await status()).readers.find(({ id }) => id === 'lobby-a')?.tamper;
    assert.equal(await housing(), false);
    setLevel(tamper, 1);
    await until('logged', async () => (await rowsSince(seq, 'tamper-on')) === 1);
    assert.equal(await housing(), true);
    assert.deepEqual(
      (await openAlarms()).map(({ kind, reader }) => `${kind} ${reader}`),
      ['tamper-on lobby-a'],
    );
    setLevel(tamper, 0);
    await until('logged', async () => (await rowsSince(seq, 'tamper-off')) === 1);
    assert.equal(await housing(), false);
    assert.deepEqual(await openAlarms(), []);
  });
});
