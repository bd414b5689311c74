import { deepEqual, equal } from 'node:assert/strict';
import { makeSite } from '../../src/core/site.js';
import { openShell, swipe } from './shell.js';

describe('the control shell', () => {
  it('drives the relay only after the commit is confirmed, and relocks by its own timer', async () => {
    const shell = openShell();
    shell.controller.submit(swipe('lobby-in', 'a'));
    await shell.turn();
    deepEqual(shell.relays, []);
    deepEqual(shell.kinds(), ['access-granted']);
    shell.controller.committed(shell.lastCommit());
    await shell.turn();
    deepEqual(shell.relays, ['unlock lobby']);
    deepEqual(shell.answers.get('a'), { kind: 'granted', door: 'lobby', detected: [] });
    equal(shell.timerMs(), 5_000);
    shell.pass(5_000);
    shell.fire();
    deepEqual(shell.relays, ['unlock lobby', 'lock lobby']);
  });

  it('sends what happens in one turn of the loop to storage as one message', async () => {
    const shell = openShell();
    shell.controller.submit(swipe('lobby-in', 'a'));
    shell.controller.submit(swipe('lobby-in', 'b'));
    await shell.turn();
    equal(shell.stored.length, 1);
    equal(shell.stored[0]?.commits.length, 2);
  });

  it('judges the second swipe on the first although that is still on its way to the disk', async () => {
    const shell = openShell();
    shell.controller.submit(swipe('lobby-in', 'a'));
    shell.controller.submit(swipe('lobby-in', 'b'));
    await shell.turn();
    shell.controller.committed(shell.lastCommit());
    deepEqual(shell.answers.get('a'), { kind: 'granted', door: 'lobby', detected: [] });
    deepEqual(shell.answers.get('b'), { kind: 'denied', reason: 'passback' });
  });

  it('keeps nothing of a rehearsal: no state, no row, no relay', async () => {
    const shell = openShell();
    const before = shell.controller.state();
    shell.controller.rehearse(swipe('lobby-in', 'a'));
    await shell.turn();
    equal(shell.controller.state(), before);
    deepEqual([shell.stored, shell.relays, [...shell.answers.keys()]], [[], [], []]);
  });

  it('never says granted of a relay that did not move', async () => {
    const shell = openShell();
    shell.breakRelay();
    shell.controller.submit(swipe('lobby-in', 'a'));
    await shell.turn();
    shell.controller.committed(shell.lastCommit());
    await shell.turn();
    deepEqual(shell.answers.get('a'), { kind: 'denied', reason: 'relay-failed' });
    equal(shell.kinds().includes('output-failed'), true);
  });

  it('opens for REX at once while storage is away, and sends everything again when it is back', async () => {
    const shell = openShell();
    shell.controller.storageFailed('disk full');
    shell.controller.submit({ kind: 'rex', door: 'lobby', active: true });
    deepEqual(shell.relays, ['unlock lobby']);
    shell.controller.submit(swipe('lobby-in', 'a'));
    deepEqual(shell.answers.get('a'), { kind: 'denied', reason: 'storage-failed' });
    await shell.turn();
    equal(shell.stored.length, 0);
    shell.controller.storageRecovered(0);
    await shell.turn();
    equal(shell.stored.at(0)?.resent, true);
    deepEqual(shell.kinds(), [
      'storage-failed',
      'rex',
      'passback-blind',
      'unlocked',
      'access-denied',
      'storage-recovered',
    ]);
  });

  it('takes a grant back when its commit does not come in time', async () => {
    const shell = openShell();
    shell.controller.submit(swipe('lobby-in', 'a'));
    await shell.turn();
    equal(shell.timerMs(), 1_000);
    shell.pass(1_000);
    shell.fire();
    await shell.turn();
    deepEqual(shell.answers.get('a'), { kind: 'denied', reason: 'storage-failed' });
    deepEqual(shell.relays, []);
    deepEqual(shell.kinds(), ['access-granted', 'grant-withdrawn']);
    shell.controller.submit(swipe('lobby-in', 'b'));
    await shell.turn();
    shell.controller.committed(shell.lastCommit());
    deepEqual(shell.answers.get('b'), { kind: 'granted', door: 'lobby', detected: [] });
  });

  it('tells the core of a stepped clock before what happened, and keeps the pulse', async () => {
    const shell = openShell();
    shell.controller.submit(swipe('lobby-in', 'a'));
    await shell.turn();
    shell.controller.committed(shell.lastCommit());
    shell.pass(1_000, 50 * 365 * 86_400_000);
    shell.controller.submit({ kind: 'tick' });
    await shell.turn();
    equal(shell.kinds().includes('clock-step'), true);
    equal(shell.timerMs(), 4_000);
    deepEqual(shell.relays, ['unlock lobby']);
  });

  it('never asks a timer for more than an hour', async () => {
    const shell = openShell();
    shell.controller.submit({ kind: 'tick' });
    await shell.turn();
    equal(shell.timerMs(), 3_600_000);
    shell.controller.close();
    equal(shell.timerMs(), undefined);
  });

  it('closed, it wakes nobody, not even for what was submitted last', async () => {
    const shell = openShell();
    shell.controller.submit({ kind: 'stopping', cause: 'asked to' });
    shell.controller.close();
    await shell.turn();
    equal(shell.timerMs(), undefined);
  });

  it('switches outputs of zones, and logs one that did not move', async () => {
    const shell = openShell();
    const tell = (when: 'empty' | 'occupied') => {
      const zones = new Map(
        [...shell.site.zones].map(([id, zone]) => [id, { ...zone, counts: [{ when, output: 'lamp' }] }]),
      );
      shell.controller.submit({
        kind: 'site-changed',
        site: makeSite({ ...shell.site, zones }),
        forgottenUsers: [],
      });
    };
    tell('empty');
    deepEqual(shell.relays, ['lamp on']);
    shell.breakRelay();
    tell('occupied');
    await shell.turn();
    deepEqual(shell.kinds().at(-1), 'output-failed');
  });
});
