/** The site as every view needs it: names of doors and readers, the status of now, kept fresh by the live events. */
import { nowMs } from './clock.js';
import { useTimeZone } from './format.js';
import { ask } from './http.js';
import { onEvents, startLive } from './live.js';
import type { Event, SiteInfo, Status } from './model.js';
import { askAll } from './resource.js';
import { createStore } from './store.js';
import type { Zone } from './zoneModel.js';

export const site = createStore<SiteInfo | undefined>(undefined);
export const status = createStore<Status | undefined>(undefined);
export const zones = createStore<readonly Zone[]>([]);
/** The latest events, newest first. */
export const latest = createStore<readonly Event[]>([]);
const latestMax = 80;

/** Reads the site once, then follows it. */
export async function startSite(): Promise<void> {
  const [info, now, events] = await Promise.all([
    ask<SiteInfo>('GET', '/api/v1/site'),
    ask<Status>('GET', '/api/v1/status'),
    ask<{ items: readonly Event[] }>('GET', `/api/v1/events?limit=${latestMax}`),
  ]);
  if (info.ok) {
    useTimeZone(info.value.timeZone);
    site.set(info.value);
  }
  if (now.ok) status.set(now.value);
  void reloadZones();
  const items = events.ok ? events.value.items : [];
  latest.set(items);
  onEvents(follow);
  startLive(items[0]?.seq ?? (now.ok ? now.value.lastSeq : 0));
}

function follow(events: readonly Event[]): void {
  const newest = latest.get()[0]?.seq ?? 0;
  const fresh = events.filter(({ seq }) => seq > newest).reverse();
  latest.set([...fresh, ...latest.get()].slice(0, latestMax));
  const held = status.get();
  if (held !== undefined) status.set(events.reduce(foretell, held));
  if (events.some(({ kind }) => !quiet.has(kind))) refreshSoon();
  if (events.some(({ detail }) => detail?.['collection'] === 'zones')) void reloadZones();
  if (events.some(({ detail }) => detail?.['collection'] === 'doors')) void reloadSite();
}

const quiet = new Set(['changed', 'login', 'login-failed', 'request-refused', 'source-refused']);

/** What an event says about the doors is shown at once; the status read after it has the last word. */
function foretell(held: Status, event: Event): Status {
  const { kind, door, zone } = event;
  if (kind === 'door-command') return foretellFlags(held, event);
  const change = doorChanges[kind];
  if (change !== undefined && door !== undefined) {
    return { ...held, doors: held.doors.map((one) => (one.id === door ? { ...one, ...change } : one)) };
  }
  if (zone === undefined || (kind !== 'zone-alarm-on' && kind !== 'zone-alarm-off')) return held;
  const alarmed = kind === 'zone-alarm-on';
  return { ...held, zones: held.zones.map((one) => (one.id === zone ? { ...one, alarmed } : one)) };
}

/** What a door was told to do until told otherwise; a refused command has a reason. */
function foretellFlags(held: Status, { door, reason, detail }: Event): Status {
  const value = flagValues[String(detail?.['command'])];
  const level = String(detail?.['level']);
  if (reason !== undefined) return held;
  return {
    ...held,
    doors: held.doors.map((one) => {
      if (one.id !== door) return one;
      const others = Object.entries(one.flags).filter(([name]) => name !== level);
      const flags = Object.fromEntries(value === undefined ? others : [...others, [level, value]]);
      return { ...one, flags };
    }),
  };
}

const flagValues: Readonly<Record<string, 'locked' | 'unlocked'>> = { lock: 'locked', unlock: 'unlocked' };

const doorChanges: Readonly<Record<string, Partial<Status['doors'][number]>>> = {
  unlocked: { lock: 'unlocked' },
  locked: { lock: 'locked' },
  'door-opened': { leaf: 'open' },
  'door-closed': { leaf: 'closed', alarm: 'none' },
  'door-forced': { leaf: 'open', alarm: 'forced' },
  'door-forced-ended': { alarm: 'none' },
  'door-held': { alarm: 'held' },
  'door-held-ended': { alarm: 'none' },
};

let timer: number | undefined;
let readMs = Number.NEGATIVE_INFINITY;

/** What one event brings with it comes within so long. */
const gatherMs = 100;
const betweenMs = 1_000;

/** Reads the status again, soon and at most once a second: what events foretell is shown already. */
export function refreshSoon(): void {
  if (timer !== undefined) return;
  const waitMs = Math.max(gatherMs, readMs + betweenMs - nowMs());
  timer = window.setTimeout(async () => {
    timer = undefined;
    readMs = nowMs();
    const now = await ask<Status>('GET', '/api/v1/status');
    if (now.ok) status.set(now.value);
  }, waitMs);
}

/** Reads the site again, after something of it was renamed. */
export async function reloadSite(): Promise<void> {
  const info = await ask<SiteInfo>('GET', '/api/v1/site');
  if (info.ok) site.set(info.value);
}

export async function reloadZones(): Promise<void> {
  zones.set(await askAll<Zone>('/api/v1/zones'));
}

export function zoneName(id: number): string {
  return zones.get().find((one) => one.id === id)?.name ?? String(id);
}

export function doorName(id: string): string {
  return site.get()?.doors.find((one) => one.id === id)?.name ?? id;
}

export function readerName(id: string): string {
  return site.get()?.readers.find((one) => one.id === id)?.name ?? id;
}
