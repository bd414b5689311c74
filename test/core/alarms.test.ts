import assert from 'node:assert/strict';
import { alarmChange } from '../../src/core/alarms.js';

describe('alarmChange', () => {
  it('an alarm is raised, and ended, under the name of its door, reader or zone', () => {
    assert.deepEqual(alarmChange({ kind: 'door-held', door: 'lobby' }), {
      change: 'raise',
      key: 'door-held:lobby',
    });
    assert.deepEqual(alarmChange({ kind: 'door-held-ended', door: 'lobby' }), {
      change: 'end',
      key: 'door-held:lobby',
    });
    assert.deepEqual(alarmChange({ kind: 'zone-alarm-off', zone: 7 }), {
      change: 'end',
      key: 'zone-alarm-on:7',
    });
    assert.deepEqual(alarmChange({ kind: 'fire-on', door: 'lobby' }), { change: 'raise', key: 'fire-on:' });
    assert.deepEqual(alarmChange({ kind: 'reader-locked-out' }), {
      change: 'note',
      key: 'reader-locked-out:',
    });
    assert.deepEqual(alarmChange({ kind: 'reader-alarm-off', reader: 'in', detail: { alarm: 'power' } }), {
      change: 'end',
      key: 'reader-alarm-on:in:power',
    });
    assert.equal(alarmChange({ kind: 'access-granted', door: 'lobby' }), undefined);
  });
});
