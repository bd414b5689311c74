import assert from 'node:assert/strict';
import type { Reads } from '../../src/core/reads.js';
import { passSchedule } from '../../src/outbound/passSchedule.js';

const day = [{ fromMinute: 480, toMinute: 1_080 }];
const week = Array.from({ length: 7 }, () => day);
const stored: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  users: {
    ann: { accessRights: ['office', 'gone'], groups: ['staff', 'gone'] },
    bob: { accessRights: [], groups: ['staff'] },
  },
  groups: { staff: { accessRights: ['summer', 'yard'] } },
  'access-rights': {
    office: { doors: [{ door: 'lobby', schedule: 'office' }] },
    summer: { doors: [{ door: 'lobby', schedule: 'summer' }] },
    yard: { doors: [{ door: 'yard', schedule: 'always' }] },
  },
  schedules: {
    office: { id: 'office', name: 'Office', week, holidays: { closed: [] } },
    summer: {
      id: 'summer',
      name: 'Summer',
      week,
      holidays: {},
      dates: { from: '2026-06-01', until: '2026-08-31' },
    },
  },
};
const reads = {
  get: (collection: string, id: string) => {
    const body = stored[collection]?.[id];
    return body === undefined ? undefined : { revision: 1, body };
  },
  list: () => ({ items: [{ revision: 1, body: { id: '2026-08-15', kind: 'closed' } }] }),
} as unknown as Pick<Reads, 'get' | 'list'>;

describe('passSchedule: by which schedule somebody may pass', () => {
  for (const [user, door, at, name] of [
    ['ann', 'lobby', '2026-07-01T08:00+02:00', 'Office'],
    ['ann', 'lobby', '2026-07-01T07:59+02:00', undefined],
    ['ann', 'lobby', '2026-08-15T08:00+02:00', 'Summer'],
    ['bob', 'lobby', '2026-08-31T17:59+02:00', 'Summer'],
    ['bob', 'lobby', '2026-09-01T08:00+02:00', undefined],
    ['bob', 'yard', '2026-01-01T03:00+01:00', 'Always'],
    ['bob', 'gate', '2026-07-01T08:00+02:00', undefined],
    ['eve', 'lobby', '2026-07-01T08:00+02:00', undefined],
  ] as const) {
    it(`${user} at ${door}, ${at}: ${name}`, () => {
      assert.equal(passSchedule(reads, 'Europe/Berlin', { user, door, wallMs: Date.parse(at) }), name);
    });
  }
});
