import { deepEqual } from 'node:assert/strict';
import { doorFault } from '../../src/core/doorFault.js';
import type { AccessRequested } from '../../src/core/events.js';
import { explain } from '../../src/core/explain.js';
import type { Door, TwoPersons } from '../../src/core/model.js';
import { begin, play } from '../site/play.js';
import { EVERYWHERE, siteOf, standing, userOf, withContact } from '../site/scene.js';

const rule: TwoPersons = { side: 'both', schedule: 'always', withinSeconds: 15 };
const scene = (twoPersons: Partial<TwoPersons> = {}, more: object = {}) =>
  standing({ lobby: { twoPersons: { ...rule, ...twoPersons } }, ...more });

describe('a door that two open together', () => {
  it('the first waits, the second opens for both; both are judged, both are recorded', () => {
    play(
      scene({}, { seen: ['bob in 07:00:00'] }),
      `
      08:00:00 swipe ann lobby-in -> wait company
      08:00:10 swipe ann lobby-in -> wait company
      08:00:14 swipe bob lobby-in -> denied passback
      08:00:20 swipe sue lobby-in -> unlock lobby; granted ann,sue
      08:00:30 where ann -> hq since 08:00:20 by lobby-in
      08:01:00 swipe ann lobby-out -> wait company
      08:01:15 tick -> denied no-company
      08:01:16 swipe bob lobby-out -> wait company
      08:01:17 swipe sue lobby-out -> unlock lobby; granted bob,sue
      08:02:00 swipe bob garage-in -> unlock garage; granted
      `,
    );
  });

  it('at one side only; a request without a direction may be for it, and finds no company', () => {
    play(
      scene({ side: 'exit' }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:01:00 swipe ann lobby-out -> wait company
      08:01:01 http bob lobby none -> denied no-company
      08:01:02 http bob lobby lobby-out -> unlock lobby; granted ann,bob; granted
      `,
    );
  });

  it('whoever presents last must be in the group', () => {
    play(
      scene(
        { lastInGroups: ['guards'] },
        { users: { sue: { groups: ['guards'], accessRights: [EVERYWHERE] } } },
      ),
      `
      08:00:00 swipe sue lobby-in -> wait company
      08:00:01 swipe ann lobby-in -> wait company
      08:00:02 swipe bob lobby-in -> wait company
      08:00:03 swipe sue lobby-in -> unlock lobby; granted ann,bob,sue
      `,
    );
  });

  it('while its schedule is active; a clock nobody trusts does not end it', () => {
    const nights = {
      ...{ id: 'night', name: 'Night', holidays: {} },
      week: Array.from({ length: 7 }, () => [{ fromMinute: 0, toMinute: 360 }]),
    };
    play(
      scene({ schedule: 'night' }, { schedules: [nights] }),
      `
      05:59:59 swipe ann lobby-in -> wait company
      06:00:30 swipe ann lobby-in -> unlock lobby; granted
      06:01:00 trust unset -> clock 06:01:00
      06:01:01 swipe bob lobby-in -> wait company
      `,
    );
    play(scene({ schedule: 'never' }), '08:00:00 swipe ann lobby-in -> unlock lobby; granted');
  });

  it('explain says who waits, and why', () => {
    const world = begin(scene());
    const user = userOf(scene(), 'ann');
    const asked: AccessRequested = {
      kind: 'access-requested',
      door: 'lobby',
      reader: 'lobby-in',
      credential: { kind: 'card', label: '' },
      by: { kind: 'reader', reader: 'lobby-in' },
      at: world,
      ...(user === undefined ? {} : { user }),
    };
    const said = explain(siteOf(scene()), world.state, asked, []);
    deepEqual(said.decision, 'waits');
    deepEqual(
      said.checks.filter(({ answer }) => answer === 'waits'),
      [{ check: 'two-persons', answer: 'waits', zones: [] }],
    );
  });
});

describe('a door that locks once it closes', () => {
  it('stays unlocked while it is open, and is held all the same; a standing lock does not wait', () => {
    const lobby: Partial<Door> = { ...withContact, locksWhenClosed: true, relockOnClose: false };
    play(
      standing({ lobby, full: true }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted; unlocked lobby
      08:00:02 opens lobby -> door-opened lobby; access-taken ann
      08:00:06 tick -> nothing
      08:00:32 tick -> held lobby
      08:00:40 closes lobby -> lock lobby; door-closed lobby; held-ended lobby; locked lobby
      08:01:00 swipe ann lobby-out -> unlock lobby; granted; unlocked lobby
      08:01:02 opens lobby -> door-opened lobby; access-taken ann
      08:01:10 lock lobby -> lock lobby; door-command lobby; locked lobby; done
      `,
    );
  });
});

describe('what a door cannot be asked to do', () => {
  const around = {
    doorOf: () => undefined,
    hasDoor: () => false,
    hasOutput: () => false,
    hasGroup: () => false,
    hasHardwareRex: () => false,
  };
  it('is named by its field', () => {
    const siren = {
      ...{ kind: 'output', output: 'siren', signal: { count: 1, onMs: 1, offMs: 0, delayMs: 0 } },
      ...{ delayMs: 0, stop: 'never' },
    } as const;
    const faultOf = (behaviour: object, hasContact = true) =>
      doorFault({ hasContact }, behaviour, around)?.field;
    deepEqual(faultOf({ locksWhenClosed: true }, false), 'locksWhenClosed');
    deepEqual(faultOf({ heldActions: [siren] }, false), 'heldActions');
    deepEqual(faultOf({ forcedActions: [siren] }), 'forcedActions.0.output');
    deepEqual(faultOf({ heldActions: Array.from({ length: 6 }, () => siren) }), 'heldActions');
    deepEqual(faultOf({ twoPersons: { ...rule, lastInGroups: ['x'] } }), 'twoPersons.lastInGroups');
    deepEqual(faultOf({ twoPersons: rule, locksWhenClosed: true }), undefined);
  });
});
