import { deepEqual, equal } from 'node:assert/strict';
import { nextWakeMs } from '../../src/core/controller.js';
import type { Reader } from '../../src/core/model.js';
import { play } from '../site/play.js';
import { standing } from '../site/scene.js';

const asking = (asks: NonNullable<Reader['asks']>): readonly Reader[] => [
  { id: 'lobby-in', name: 'in', door: 'lobby', direction: 'entry', asks },
  { id: 'lobby-out', name: 'out', door: 'lobby', direction: 'exit' },
];
const both = standing({ readers: asking('card-and-pin') });

describe('a reader that wants card and PIN', () => {
  it('opens for the card and then its PIN, and forgets the card with the answer', () => {
    const world = play(
      both,
      `
      08:00:00 swipe ann lobby-in -> nothing
      08:00:04 swipe ann lobby-in pin -> unlock lobby; granted
      08:00:05 swipe ann lobby-in pin -> denied pin-not-accepted
      08:00:09 tick -> lock lobby
      `,
    );
    equal(world.state.pinWaits.size, 0);
    equal(nextWakeMs(world.state, world), undefined);
  });

  it('shows that it waits, and what became of it', () => {
    play(
      { ...both, signals: true },
      `
      08:00:00 swipe ann lobby-in -> lobby-in: waiting-for-pin
      08:00:04 swipe ann lobby-in pin -> lobby-in: granted
      08:00:09 tick -> lobby-in: normal
      08:00:10 swipe bob lobby-in -> lobby-in: waiting-for-pin
      08:00:25 tick -> lobby-in: denied
      08:00:27 tick -> lobby-in: normal
      `,
    );
  });

  it('logs one decision for the two, with both halves named and no digit', () => {
    const world = play(
      both,
      `
      08:00:00 swipe ann lobby-in -> nothing
      08:00:01 swipe ann lobby-in pin -> unlock lobby; granted
      `,
    );
    const granted = world.happened.flatMap((one) =>
      one.kind === 'row' && one.row.kind === 'access-granted' ? [one.row.credential] : [],
    );
    deepEqual(granted, [{ kind: 'card', label: '••••4822 + PIN' }]);
  });

  it('gives up after fifteen seconds, or when another card comes', () => {
    play(
      both,
      `
      08:00:00 swipe ann lobby-in -> nothing
      08:00:14.999 tick -> nothing
      08:00:15 tick -> denied pin-missing
      08:00:16 swipe ann lobby-in pin -> denied pin-not-accepted
      08:01:00 swipe ann lobby-in -> nothing
      08:01:05 swipe bob lobby-in -> denied pin-missing
      08:01:06 swipe bob lobby-in pin -> unlock lobby; granted
      `,
    );
  });

  it("takes nobody else's PIN, counts wrong ones, and does not look at a right one while it pauses", () => {
    play(
      both,
      `
      08:00:00 swipe ann lobby-in -> nothing
      08:00:01 swipe bob lobby-in pin -> denied wrong-pin
      08:00:02 swipe ann lobby-in -> nothing
      08:00:03 swipe stranger lobby-in pin -> denied wrong-pin
      08:00:04 swipe ann lobby-in -> nothing
      08:00:05 swipe stranger lobby-in pin -> denied wrong-pin
      08:00:06 swipe ann lobby-in -> nothing
      08:00:07 swipe stranger lobby-in pin -> denied wrong-pin
      08:00:08 swipe ann lobby-in -> nothing
      08:00:09 swipe stranger lobby-in pin -> denied wrong-pin; locked-out lobby-in
      08:00:10 swipe ann lobby-in -> nothing
      08:00:11 swipe ann lobby-in pin -> denied reader-locked-out
      08:00:40 swipe ann lobby-in -> nothing
      08:00:41 swipe ann lobby-in pin -> unlock lobby; granted
      `,
    );
  });

  it('refuses at the card whatever the card is refused for, and decides anew with the PIN', () => {
    play(
      { ...both, users: { old: { enabled: false } } },
      `
      08:00:00 swipe stranger lobby-in -> denied unknown-credential
      08:00:01 swipe old lobby-in -> denied user-disabled
      08:00:02 swipe ann lobby-in -> nothing
      08:00:03 lock lobby -> nothing
      08:00:04 swipe ann lobby-in pin -> denied door-locked
      `,
    );
  });

  it('asks nobody who comes over HTTP, and a card in passing moves no record', () => {
    play(
      both,
      `
      08:00:00 swipe ann lobby-in -> nothing
      08:00:01 http ann lobby lobby-in -> unlock lobby; granted
      08:00:02 swipe ann lobby-in pin -> denied passback
      `,
    );
  });

  it('forgets a card over a restart', () => {
    play(
      both,
      `
      08:00:00 swipe ann lobby-in -> nothing
      08:00:01 crash -> nothing
      08:00:02 swipe ann lobby-in pin -> denied pin-not-accepted
      `,
    );
  });
});

describe('readers that want one thing', () => {
  it('card only: no PIN is looked at', () => {
    play(
      standing({ readers: asking('card') }),
      `
      08:00:00 swipe ann lobby-in pin -> denied pin-not-accepted
      08:00:01 swipe ann lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('card or PIN, also when nothing is said', () => {
    for (const readers of [asking('card-or-pin'), standing().readers]) {
      play(
        standing({ readers }),
        `
        08:00:00 swipe ann lobby-in pin -> unlock lobby; granted
        08:00:01 swipe bob lobby-in -> granted
        `,
      );
    }
  });

  it('of two credentials the one that serves a number of times is the one that is spent', () => {
    const card = { id: 'card-1', usesLeft: 1 };
    const world = play(
      { ...both, users: { ann: { credential: card } } },
      `
      08:00:00 swipe ann lobby-in -> nothing
      08:00:01 swipe ann lobby-in pin -> unlock lobby; granted
      `,
    );
    equal(world.state.signals.get('lobby-in')?.shown, 'granted');
  });
});
