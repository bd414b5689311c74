import assert from 'node:assert/strict';
import { createForwards } from '../../src/control/forwards.js';
import { createManualClock } from '../hardware/manualClock.js';

function start() {
  const clock = createManualClock();
  const sent: string[] = [];
  const forwards = createForwards({
    controller: { submit: () => undefined },
    send: ({ presented }) => sent.push(presented.code) > 0,
    doors: () => [],
    setTimer: clock.setTimer,
  });
  const begin = (key: string | undefined) =>
    forwards.start({
      kind: 'forward',
      key: key ?? '',
      reader: 'in',
      user: 'ann',
      userName: 'Ann',
      credential: 'card',
    });
  return { clock, forwards, begin, sent };
}

describe('swipes on their way to another controller', () => {
  it('a card held for its PIN is sent when the core says so, and is forgotten after that', () => {
    const { forwards, begin, sent } = start();
    const key = forwards.keep('CARD') ?? '';
    forwards.hold(key, 'in');
    begin(key);
    begin(key);
    assert.deepEqual(sent, ['CARD']);
  });

  it('nothing is held longer than a PIN may take, nor more than one a reader', () => {
    const { clock, forwards, begin, sent } = start();
    const first = forwards.keep('ONE') ?? '';
    forwards.hold(first, 'in');
    const second = forwards.keep('TWO') ?? '';
    forwards.hold(second, 'in');
    begin(first);
    clock.advanceMs(19_000);
    begin(second);
    const third = forwards.keep('THREE') ?? '';
    forwards.hold(third, 'in');
    clock.advanceMs(20_001);
    begin(third);
    assert.deepEqual(sent, ['TWO']);
  });

  it('what the core decides otherwise leaves its place to others', () => {
    const { forwards } = start();
    const keys = Array.from({ length: 64 }, (_, n) => forwards.keep(String(n)));
    assert.equal(forwards.keep('one more'), undefined);
    forwards.drop(keys[0] ?? '');
    assert.notEqual(forwards.keep('one more'), undefined);
  });
});
