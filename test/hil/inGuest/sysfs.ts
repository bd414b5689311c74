/** The same doors over sysfs, which no Wiegand reader is read through. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { ask, lastSeq, rowsSince, untilApi } from '../api.js';
import { figure } from '../figures.js';
import { isLocked, isUnlocked, msUntil, passGarage, pressRex, serve } from '../hands.js';
import { killed } from '../killed.js';
import { fire, onoffSite, relay, rex } from '../loopSite.js';
import { forgetChanges, playSteps, setLevel, until } from '../simgpio.js';
import { systemctl } from '../unit.js';

describe('the service on sysfs (onoff)', () => {
  before(async () => {
    await serve(onoffSite);
    await untilApi();
  });
  after(() => systemctl('stop', 'sallyport'));

  it('fire opens its doors within 200 ms, and they stay so until somebody resets by hand', async () => {
    const seq = await lastSeq();
    forgetChanges();
    const firedNs = process.hrtime.bigint();
    setLevel(fire, 1);
    await until('both doors unlocked', () => isUnlocked(relay.lobby) && isUnlocked(relay.garage));
    const ms = Math.max(msUntil(relay.lobby, firedNs), msUntil(relay.garage, firedNs));
    setLevel(fire, 0);
    await until('the fire is out', async () => (await rowsSince(seq, 'fire-off')) === 1);
    assert.ok(isUnlocked(relay.lobby) && isUnlocked(relay.garage));
    assert.equal(await ask('POST', '/api/v1/fire/reset'), 200);
    await until('both doors locked', () => isLocked(relay.lobby) && isLocked(relay.garage));
    figure(`onoff: fire to the last relay: ${ms.toFixed(1)} ms`);
    assert.ok(ms <= 200, `${ms} ms`);
  });

  it('a request to exit unlocks within 200 ms', async () => {
    const ms = await pressRex();
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
