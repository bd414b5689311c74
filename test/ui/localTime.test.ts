import { equal } from 'node:assert/strict';
import fc from 'fast-check';
import { fromLocal, toLocal } from '../../src/ui/localTime.js';

const minuteMs = 60_000;
const moment = fc
  .integer({ min: Date.UTC(2000, 0, 1) / minuteMs, max: Date.UTC(2060, 0, 1) / minuteMs })
  .map((minutes) => minutes * minuteMs);
const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
];

describe('ui: times of the site in inputs', () => {
  it('come back as they were shown, whatever the zone', () => {
    fc.assert(
      fc.property(moment, fc.constantFrom(...zones), (ms, zone) => {
        const text = toLocal(ms, zone);
        equal(toLocal(fromLocal(text, zone) ?? 0, zone), text);
      }),
    );
  });

  it('keeps to winter and summer, and to what a set clock leaves out or shows twice', () => {
    const berlin = (text: string) => new Date(fromLocal(text, 'Europe/Berlin') ?? Number.NaN).toISOString();
    equal(berlin('2026-01-15T08:00'), '2026-01-15T07:00:00.000Z');
    equal(berlin('2026-07-15T08:00'), '2026-07-15T06:00:00.000Z');
    equal(berlin('2026-10-25T02:30'), '2026-10-25T00:30:00.000Z');
    equal(berlin('2026-03-29T02:30'), '2026-03-29T01:30:00.000Z');
    for (const text of ['', 'soon', '2026-13-01T00:00', '2026-01-15'])
      equal(fromLocal(text, 'UTC'), undefined, text);
  });
});
