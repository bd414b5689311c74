import assert from 'node:assert/strict';
import { Temporal } from 'temporal-polyfill';
import type { DayWindow, Schedule, Site } from '../../src/core/model.js';
import { instantOf, isActive, localDay, needsClock, nextChangeMs, rightAt } from '../../src/core/schedule.js';
import { siteOf, standing } from '../site/scene.js';

const zones = [
  'Europe/Berlin',
  'Europe/London',
  'Europe/Dublin',
  'Europe/Istanbul',
  'America/New_York',
  'America/St_Johns',
  'America/Havana',
  'America/Sao_Paulo',
  'America/Santiago',
  'America/Nuuk',
  'Atlantic/Azores',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Asia/Beirut',
  'Asia/Gaza',
  'Asia/Tehran',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Antarctica/Troll',
];

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Windows that touch every hour at which clocks change, midnight from both sides, and a whole day. */
const nightly: readonly DayWindow[] = [
  { fromMinute: 0, toMinute: 30 },
  { fromMinute: 90, toMinute: 150 },
  { fromMinute: 165, toMinute: 180 },
  { fromMinute: 1_380, toMinute: 1_440 },
];
const week = [nightly, nightly, [], nightly, [{ fromMinute: 0, toMinute: 1_440 }], nightly, nightly];
const night: Schedule = {
  id: 'night',
  name: 'night',
  week,
  holidays: { closed: [], short: [{ fromMinute: 600, toMinute: 720 }] },
};
/** The same, in three weeks of a year in which most zones change their clocks. */
const season: Schedule = { ...night, id: 'season', dates: { from: '2024-03-20', until: '2024-04-09' } };
const holidays = { '2020-02-29': 'closed', '2024-02-29': 'short', '2024-12-25': 'unheard-of' };

function siteIn(timeZone: string): Site {
  return siteOf(standing({ timeZone, schedules: [night, season], holidays }));
}

/**
 * The oracle, by Temporal: the boundary of a local time. What comes twice is meant in its first coming; what
 * does not exist is the moment of the change.
 */
function boundaryMs(date: Temporal.PlainDate, minute: number, timeZone: string): number {
  const plain = date.toPlainDateTime().add({ minutes: minute });
  const early = plain.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  if (early.toPlainDateTime().equals(plain)) return early.epochMilliseconds;
  const change = early.getTimeZoneTransition('next');
  assert.ok(change !== null);
  return change.epochMilliseconds;
}

interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** All spans of the local days around an instant, from the week and the holidays as written above. */
function spansAround(ms: number, timeZone: string, days: number): readonly Span[] {
  const today = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone).toPlainDate();
  const spans: Span[] = [];
  for (let offset = -1; offset <= days; offset += 1) {
    const date = today.add({ days: offset });
    const kind = (holidays as Readonly<Record<string, string>>)[date.toString()];
    const special = kind === undefined ? undefined : night.holidays[kind];
    for (const { fromMinute, toMinute } of special ?? week[date.dayOfWeek - 1] ?? []) {
      const fromMs = boundaryMs(date, fromMinute, timeZone);
      spans.push({ fromMs, untilMs: boundaryMs(date, toMinute, timeZone) });
    }
  }
  return spans;
}

const within = (spans: readonly Span[], ms: number): boolean =>
  spans.some(({ fromMs, untilMs }) => fromMs <= ms && ms < untilMs);

/** The clock changes of a zone in ten years. */
function transitionsOf(timeZone: string): readonly number[] {
  const found: number[] = [];
  let at = Temporal.ZonedDateTime.from(`2018-01-01T00:00[${timeZone}]`).getTimeZoneTransition('next');
  const end = Date.UTC(2028, 0, 1);
  while (at !== null && at.epochMilliseconds < end) {
    found.push(at.epochMilliseconds);
    at = at.getTimeZoneTransition('next');
  }
  return found;
}

function assertSameAround(site: Site, timeZone: string, middleMs: number): void {
  const spans = spansAround(middleMs, timeZone, 3);
  const edges = spans.flatMap(({ fromMs, untilMs }) => [fromMs - 1, fromMs, untilMs - 1, untilMs]);
  const probes = [-1, 0, 1, 900_000, -900_000, HOUR_MS, -HOUR_MS].map((by) => middleMs + by);
  const from = middleMs - 12 * HOUR_MS;
  const until = middleMs + 36 * HOUR_MS;
  for (const ms of [...edges, ...probes].filter((edge) => edge > from && edge < until)) {
    const told = `${timeZone} ${new Date(ms).toISOString()}`;
    assert.equal(isActive(site, 'night', ms), within(spans, ms), told);
  }
}

describe('schedules against an oracle', () => {
  for (const timeZone of zones) {
    it(`${timeZone}: ten years of clock changes, each boundary and the millisecond before it`, () => {
      const site = siteIn(timeZone);
      const changes = transitionsOf(timeZone);
      const plain = [Date.UTC(2020, 1, 29, 12), Date.UTC(2024, 1, 29, 12), Date.UTC(2024, 11, 25, 12)];
      for (const ms of [...changes, ...plain]) assertSameAround(site, timeZone, ms);
    });
  }

  it('the next change is never missed and never slept past', () => {
    for (const timeZone of zones) {
      const site = siteIn(timeZone);
      for (const change of transitionsOf(timeZone).filter((_, i) => i % 4 < 2)) {
        const spans = spansAround(change, timeZone, 3);
        const flips = spans.flatMap((span) => [span.fromMs, span.untilMs]);
        const real = flips.filter((ms) => within(spans, ms) !== within(spans, ms - 1)).sort((a, b) => a - b);
        let at = change - 6 * HOUR_MS;
        while (at < change + 20 * HOUR_MS) {
          const next = nextChangeMs(site, 'night', at) ?? Number.NaN;
          const due = real.find((ms) => ms > at) ?? Number.POSITIVE_INFINITY;
          const told = `${timeZone} after ${new Date(at).toISOString()}`;
          assert.ok(next > at && next <= due, `${told}: ${next} instead of at most ${due}`);
          at = next;
        }
      }
    }
  });

  it('local days and times at 29 February, 2038-01-19, 2106, before 1970 and on the day Samoa left out', () => {
    for (const [timeZone, date] of [
      ['Europe/Berlin', '2024-02-29'],
      ['Europe/Berlin', '2100-03-01'],
      ['America/New_York', '2038-01-19'],
      ['Pacific/Chatham', '2106-02-07'],
      ['Europe/London', '1969-12-31'],
      ['Pacific/Apia', '2011-12-30'],
    ] as const) {
      const plain = Temporal.PlainDate.from(date);
      const day = Date.parse(`${date}T00:00Z`) / DAY_MS;
      for (const minute of [0, 1, 719, 1_439, 1_440]) {
        const ms = boundaryMs(plain, minute, timeZone);
        assert.equal(instantOf(day, minute, timeZone), ms, `${timeZone} ${date} minute ${minute}`);
        const local = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone);
        assert.equal(localDay(ms, timeZone), Date.parse(`${local.toPlainDate()}T00:00Z`) / DAY_MS);
      }
    }
  });
});

describe('schedules between two dates', () => {
  const first = Temporal.PlainDate.from('2024-03-20');
  const last = Temporal.PlainDate.from('2024-04-09');
  const dateOf = (ms: number, timeZone: string) =>
    Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone).toPlainDate();

  it('hold on the local days from the first to the last, in every zone, as without dates, and on no other', () => {
    for (const timeZone of zones) {
      const site = siteIn(timeZone);
      const edges = [first, last.add({ days: 1 })].map((date) => boundaryMs(date, 0, timeZone));
      const probes = edges.flatMap((ms) =>
        [-36, -12, 0, 12, 36].flatMap((h) => [-1, 0].map((by) => ms + h * HOUR_MS + by)),
      );
      for (const ms of [...probes, Date.UTC(2023, 2, 25), Date.UTC(2025, 2, 25), Date.UTC(2024, 3, 1, 12)]) {
        const date = dateOf(ms, timeZone);
        const between =
          Temporal.PlainDate.compare(first, date) <= 0 && Temporal.PlainDate.compare(date, last) <= 0;
        const told = `${timeZone} ${new Date(ms).toISOString()}`;
        assert.equal(isActive(site, 'season', ms), between && isActive(site, 'night', ms), told);
      }
    }
  });

  it('the first and the last change are met by going from one wake to the next', () => {
    for (const timeZone of zones) {
      const site = siteIn(timeZone);
      const turns: boolean[] = [];
      const end = Date.UTC(2024, 4, 10);
      for (
        let at = Date.UTC(2024, 1, 1), was = false;
        at < end;
        at = nextChangeMs(site, 'season', at) ?? end
      ) {
        const now = isActive(site, 'season', at);
        assert.equal(now && !isActive(site, 'night', at), false);
        if (now !== was) turns.push(now);
        was = now;
      }
      const days = Array.from({ length: 21 }, (_, n) => first.add({ days: n }));
      const spans = days.flatMap((date) => week[date.dayOfWeek - 1] ?? []).length;
      assert.ok(
        turns.length >= spans && turns.at(-1) === false,
        `${timeZone}: ${turns.length} of ${2 * spans}`,
      );
    }
  });
});

describe('schedules: the plain rules', () => {
  const site = siteIn('UTC');
  const at = Date.UTC(2026, 2, 2, 12);

  it('always and never need no clock and never change', () => {
    assert.equal(isActive(site, 'always', at), true);
    assert.equal(isActive(site, 'never', at), false);
    assert.equal(nextChangeMs(site, 'always', at), undefined);
    assert.deepEqual(['always', 'never', 'night'].map(needsClock), [false, false, true]);
  });

  it('an unknown schedule is never active and never changes', () => {
    assert.equal(isActive(site, 'gone', at), false);
    assert.equal(nextChangeMs(site, 'gone', at), undefined);
  });

  it('a schedule without windows is looked at again after eight days', () => {
    const idle: Schedule = { id: 'idle', name: 'idle', week: [], holidays: {} };
    const empty = siteOf(standing({ schedules: [idle] }));
    assert.equal(isActive(empty, 'idle', at), false);
    assert.equal(nextChangeMs(empty, 'idle', at), Date.UTC(2026, 2, 10));
  });

  it('a right is absent, outside its schedules, or open', () => {
    const rights = siteOf(
      standing({
        schedules: [night],
        accessRights: [{ id: 'nights', name: 'nights', doors: [{ door: 'lobby', schedule: 'night' }] }],
      }),
    );
    assert.equal(rightAt(rights, ['nights', 'gone'], 'garage', at), 'no-right');
    assert.equal(rightAt(rights, ['nights'], 'lobby', at), 'outside');
    assert.equal(rightAt(rights, ['nights', 'everywhere'], 'lobby', at), 'open');
  });
});
