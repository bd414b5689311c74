/** The control shell with a clock, relays and storage of glass: everything it does can be seen and timed by hand. */
import type { Happening } from '../../src/control/controller.js';
import { Controller } from '../../src/control/controller.js';
import type { Answer } from '../../src/core/decision.js';
import type { Commit, Effect } from '../../src/core/effects.js';
import type { Door, Instant, UserFacts } from '../../src/core/model.js';
import { emptyState } from '../../src/core/restore.js';
import { defaultDoor, makeSite } from '../../src/core/site.js';

export const ann: UserFacts = {
  id: 'ann',
  name: 'Ann',
  enabled: true,
  credentialEnabled: true,
  groups: [],
  accessRights: ['all'],
  extendedUnlock: false,
  supervisor: false,
};

export function siteOf(door: Partial<Door> = {}) {
  return makeSite({
    timeZone: 'UTC',
    doors: new Map([['lobby', { ...defaultDoor('lobby', 'Lobby', false), ...door }]]),
    readers: new Map([
      ['lobby-in', { id: 'lobby-in', name: 'Lobby in', door: 'lobby', direction: 'entry' }],
      ['lobby-out', { id: 'lobby-out', name: 'Lobby out', door: 'lobby', direction: 'exit' }],
    ]),
    zones: new Map([
      [
        1,
        {
          id: 1,
          name: 'hq',
          type: 'hard',
          disabled: false,
          resetSeconds: 0,
          members: [
            { reader: 'lobby-in', direction: 'entry' },
            { reader: 'lobby-out', direction: 'exit' },
          ],
          bypassGroups: [],
        },
      ],
    ]),
    schedules: new Map(),
    holidays: new Map(),
    groups: new Map(),
    accessRights: new Map([
      ['all', { id: 'all', name: 'all', doors: [{ door: 'lobby', schedule: 'always' }] }],
    ]),
    untrustedClock: 'deny',
    storageDeadlineMs: 1_000,
  });
}

export function swipe(reader: string, request: string, user: UserFacts | undefined = ann): Happening {
  return {
    kind: 'access-requested',
    door: 'lobby',
    reader,
    credential: { kind: 'card', label: '••0001' },
    by: { kind: 'reader', reader },
    request,
    ...(user === undefined ? {} : { user }),
  };
}

interface Sent {
  readonly commits: readonly Commit[];
  readonly resent: boolean;
}

export function openShell(door: Partial<Door> = {}) {
  const site = siteOf(door);
  let now: Instant = { monoMs: 1_000, wallMs: 1_700_000_000_000, trust: 'ntp' };
  let broken = false;
  let timer: { at: number; run: () => void } | undefined;
  const relays: string[] = [];
  const stored: Sent[] = [];
  const answers = new Map<string, Answer>();
  const shown: string[] = [];
  const forwarded: Effect[] = [];
  const controller = new Controller({
    site,
    state: emptyState(site, 'boot-1'),
    now: () => now,
    outputs: {
      setOutput: (id, active) => {
        if (broken) return { ok: false, error: 'line stuck' };
        relays.push(`${id} ${active ? 'on' : 'off'}`);
        return { ok: true };
      },
      setUnlocked: (id, unlocked) => {
        if (broken) return { ok: false, error: 'relay stuck' };
        relays.push(`${unlocked ? 'unlock' : 'lock'} ${id}`);
        return { ok: true };
      },
    },
    store: (commits, resent) => stored.push({ commits, resent }),
    answer: (request, answer) => answers.set(request, answer),
    show: (reader, signal) => shown.push(`${reader} ${signal}`),
    forward: (effect) => forwarded.push(effect),
    setTimer: (run, ms) => {
      const armed = { at: now.monoMs + ms, run };
      timer = armed;
      return () => {
        if (timer === armed) timer = undefined;
      };
    },
  });
  return {
    controller,
    site,
    relays,
    stored,
    answers,
    shown,
    forwarded,
    kinds: () => stored.flatMap(({ commits }) => commits.flatMap(({ rows }) => rows.map(({ kind }) => kind))),
    lastCommit: () => stored.at(-1)?.commits.at(-1)?.id ?? 0,
    timerMs: () => (timer === undefined ? undefined : timer.at - now.monoMs),
    breakRelay: () => {
      broken = true;
    },
    pass: (ms: number, wallMs = ms) => {
      now = { ...now, monoMs: now.monoMs + ms, wallMs: now.wallMs + wallMs };
    },
    fire: () => timer?.run(),
    /** Lets what was queued for the end of this turn happen. */
    turn: () => Promise.resolve(),
  };
}
