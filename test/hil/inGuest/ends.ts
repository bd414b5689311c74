/** Killed, hung, stopped, under either habit of the kernel: the relay falls and the service is back. */
import assert from 'node:assert/strict';
import { changeDoor } from '../api.js';
import { figure } from '../figures.js';
import { frame, isLocked, isUnlocked, msUntil, openLobby, serve } from '../hands.js';
import { killed, untilBack } from '../killed.js';
import { gpiochipSite, relay } from '../loopSite.js';
import { changesOf, forgetChanges, playFrames, setPersist, until } from '../simgpio.js';
import { mainPid, startedInMs, systemctl } from '../unit.js';

describe('the end of the service', () => {
  before(() => serve(gpiochipSite));

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
    const ms = msUntil(relay.lobby, stoppedNs);
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
    figure(`kill -9 to relay released by a strict kernel: ${msUntil(relay.lobby, killedNs).toFixed(1)} ms`);
    assert.equal(first?.level, 'free');
    setPersist(true);
    await untilBack(pid);
  });

  it('a stop releases the relays', async () => {
    await openLobby();
    await systemctl('stop', 'sallyport');
    assert.equal(isUnlocked(relay.lobby), false);
  });
});
