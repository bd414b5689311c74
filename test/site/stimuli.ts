/** The stimuli of a transcript: words in, events to the core out; questions are answered from its state. */
import { judge } from '../../src/core/antipassback.js';
import type { AccessRequested, DoorCommand } from '../../src/core/events.js';
import type { Actor, ClockTrust, PresentedCredential, Site, Zone } from '../../src/core/model.js';
import { makeSite } from '../../src/core/site.js';
import { emptyTrie, trieEntries, trieGet } from '../../src/core/trie.js';
import { recordOf, recordsOf } from '../../src/core/zoneRecords.js';
import type { Scene } from './scene.js';
import { membersOf, userOf } from './scene.js';
import type { World } from './world.js';
import { changeSite, die, feed, flush, reportInputs, restart, write } from './world.js';

const operator: Actor = { kind: 'operator', operator: 'olga' };
const phone: Actor = { kind: 'source', source: 'phone', address: '192.0.2.7' };

/** What a stimulus needs besides the world. */
export interface Stage {
  readonly scene: Scene;
  readonly world: World;
  /** Wall time as the transcript writes it. */
  readonly clock: (wallMs: number) => string;
}

/** Does one stimulus; what it answers itself (a question's answer) comes back as words. */
export function perform(stage: Stage, text: string): readonly string[] {
  const [verb = '', ...words] = text.trim().split(/\s+/);
  const question = questions[verb];
  if (question !== undefined) return question(stage, ...words);
  const act = acts[verb];
  if (act === undefined) throw new Error(`no such stimulus: ${text}`);
  act(stage, words);
  return [];
}

const questions: Readonly<Record<string, (stage: Stage, ...words: string[]) => readonly string[]>> = {
  where,
  restrictions,
  muster,
  assign,
};

const acts: Readonly<Record<string, (stage: Stage, words: readonly string[]) => void>> = {
  tick: ({ world }) => feed(world, { kind: 'tick' }),
  swipe: (stage, [user = '', reader = '', kind = 'card', refused]) =>
    swipe(stage, user, reader, kind, refused),
  http: (stage, [user = '', door = '', reader = '', refused]) => http(stage, user, door, reader, refused),
  opens: ({ world }, [door = '']) => moveLeaf(world, door, true),
  closes: ({ world }, [door = '']) => moveLeaf(world, door, false),
  rex: ({ world }, [door = '']) => feed(world, { kind: 'rex', door, active: true }),
  'rex-release': ({ world }, [door = '']) => feed(world, { kind: 'rex', door, active: false }),
  fire: ({ world }, [what = '']) => fire(world, what),
  lock: ({ world }, words) => command(world, 'lock', words),
  unlock: ({ world }, words) => command(world, 'unlock', words),
  normal: ({ world }, words) => command(world, 'normal', words),
  release: ({ world }, words) => command(world, 'release', words),
  clear: ({ world }, [users = '', zone = '']) => clear(world, users.split(','), zone),
  clearall: ({ world }, [zone = '']) => clear(world, 'all', zone),
  alarm: ({ world }, [zone = '', to]) =>
    feed(world, {
      kind: 'set-zone-alarm',
      zones: zone.split(',').map((name) => zoneId(world.site, name)),
      alarmed: to === 'on',
      ...asked,
    }),
  'door-alarm': ({ world }, [doors = '', alarm = 'none']) =>
    feed(world, {
      kind: 'set-door-alarm',
      doors: doors.split(','),
      alarm: alarm as 'none' | 'forced' | 'held',
      ...asked,
    }),
  lockdown: ({ world }, [zone = '', to]) =>
    feed(world, { kind: 'zone-lockdown', zone: zoneId(world.site, zone), active: to === 'on', ...asked }),
  link: ({ world }, [controller = '', to]) => feed(world, { kind: 'link', controller, up: to === 'up' }),
  replace: ({ world }, words) => replaceZone(world, words),
  delete: ({ world }, words) => remove(world, words),
  storage: ({ world }, words) => storage(world, words),
  dies: ({ world }) => die(world),
  crash: ({ world }) => restart(world, undefined),
  reboot: ({ world }) => restart(world, `boot-${Number(world.boot.slice(5)) + 1}`),
  trust: ({ world }, [trust = '']) => setTrust(world, trust),
  'clock-step': ({ world }, [by = '']) => clockStep(world, by),
  noise: ({ world }, [reader = '', fault = '', times = '1']) => noise(world, reader, fault, Number(times)),
  learn: ({ world }, [reader = '', phase = 'armed']) =>
    feed(world, {
      kind: 'learning',
      reader,
      phase: phase as 'armed' | 'stopped' | 'read',
      detail: { bits: 26 },
      ...(phase === 'read' ? {} : asked),
    }),
  tamper: ({ world }, [reader = '', to]) => feed(world, { kind: 'tamper', reader, active: to === 'on' }),
  broken: ({ world }, [what = '', name = '']) => broken(world, what, name),
};

const asked = { by: operator, request: 'request' } as const;

function swipe(
  { scene, world }: Stage,
  name: string,
  reader: string,
  kind: string,
  refused: string | undefined,
): void {
  const door = world.site.readers.get(reader)?.door ?? scene.doors[0]?.id ?? '';
  feed(world, {
    ...accessOf(scene, name, door, kind),
    reader,
    by: { kind: 'reader', reader },
    ...refusedBy(refused),
  });
}

function http(
  { scene, world }: Stage,
  name: string,
  door: string,
  reader: string,
  refused: string | undefined,
): void {
  feed(world, {
    ...accessOf(scene, name, door, 'code'),
    by: phone,
    request: 'request',
    ...(reader === 'none' ? {} : { reader }),
    ...refusedBy(refused),
    claimed: { name, unlockType: '0' },
  });
}

function refusedBy(refused: string | undefined): Pick<AccessRequested, 'refused'> {
  return refused === undefined ? {} : { refused: refused as NonNullable<AccessRequested['refused']> };
}

function accessOf(scene: Scene, name: string, door: string, kind: string) {
  const user = userOf(scene, name);
  const credential: PresentedCredential = { kind: kind as PresentedCredential['kind'], label: '••••4822' };
  return { kind: 'access-requested' as const, door, credential, ...(user === undefined ? {} : { user }) };
}

function moveLeaf(world: World, door: string, open: boolean): void {
  if (open) world.openLeaves.add(door);
  else world.openLeaves.delete(door);
  feed(world, { kind: 'contact', door, open });
}

function fire(world: World, what: string): void {
  if (what === 'reset') {
    feed(world, { kind: 'fire-reset', ...asked });
    return;
  }
  world.fireActive = what === 'on';
  feed(world, { kind: 'fire', active: world.fireActive });
}

function command(world: World, what: DoorCommand['command'], [door = '', level]: readonly string[]): void {
  const of = level === 'emergency' ? 'emergency' : 'operator';
  const seconds = /^(\d+)s$/.exec(level ?? '')?.[1];
  const timed = seconds === undefined ? {} : { forMs: Number(seconds) * 1_000 };
  const doors = door.split(',');
  if (doors.length > 1 && what !== 'release')
    feed(world, { kind: 'door-commands', doors, command: what, level: of, ...timed, ...asked });
  else feed(world, { kind: 'door-command', door, command: what, level: of, ...timed, ...asked });
}

function clear(world: World, users: 'all' | readonly string[], zone: string): void {
  const which = zone === 'everywhere' ? 'all' : zoneId(world.site, zone);
  feed(world, { kind: 'clear-zone', zone: which, users, ...asked });
}

function zoneId(site: Site, name: string): number {
  return [...site.zones.values()].find((zone) => zone.name === name)?.id ?? 4_000_000_000;
}

function where({ world, clock }: Stage, user: string): readonly string[] {
  const found = [...world.site.zones.values()].flatMap((zone) => {
    const record = trieGet(world.state.records.get(zone.id) ?? emptyTrie(), user);
    if (record === undefined || record.marks?.includes('cleared') === true) return [];
    const through = record.reader === '' ? 'hand' : record.reader;
    return [`${zone.name} since ${clock(record.wallMs)} by ${through}`];
  });
  return found.length === 0 ? ['unknown'] : found;
}

/** `muster start hq`: who is missing; `muster end hq`. */
function muster({ world }: Stage, what: string, name: string): readonly string[] {
  const zone = zoneId(world.site, name);
  feed(world, { kind: 'muster', zone, active: what === 'start', ...asked });
  return missing(world, zone);
}

/** `assign bob hq`, or `assign bob hq outside`; who is missing, if the zone assembles. */
function assign({ world, scene }: Stage, user: string, name: string, side = 'inside'): readonly string[] {
  const zone = zoneId(world.site, name);
  const place = side === 'outside' ? 'outside' : 'inside';
  const facts = userOf(scene, user);
  feed(world, { kind: 'assign', zone, user, place, ...(facts && { facts }), ...asked });
  const record = recordOf(world.state, zone, user);
  const where =
    record === undefined ? [] : [`${user} ${record.direction === 'entry' ? 'in' : 'out of'} ${name}`];
  return [...where, ...missing(world, zone)];
}

function missing({ state }: World, zone: number): readonly string[] {
  if (!state.musters.has(zone)) return [];
  const inside = [...trieEntries(recordsOf(state, zone))].filter(
    ([, { direction }]) => direction === 'entry',
  );
  const names = inside.map(([user]) => user).sort();
  return names.length === 0 ? ['nobody missing'] : [`missing ${names.join(',')}`];
}

/** Where the user would be refused now, and why. */
function restrictions({ world, clock }: Stage, user: string): readonly string[] {
  const found = [...world.site.zones.values()].flatMap((zone) => {
    const record = trieGet(world.state.records.get(zone.id) ?? emptyTrie(), user);
    if (record === undefined) return [];
    const { reader, direction } = record;
    if (judge(world.site, world.state, zone, { user, reader, direction, at: world }) === undefined) return [];
    const side = record.direction === 'entry' ? 'in' : 'out';
    return [`${zone.name} ${side} ${clock(record.wallMs)} ${record.reader}`];
  });
  return found.length === 0 ? ['none'] : found;
}

/** `replace zone hq type=soft reset=3600 disabled=true members=lobby-in,lobby-out name=site`. */
function replaceZone(world: World, [, name = '', ...settings]: readonly string[]): void {
  const old = [...world.site.zones.values()].find((zone) => zone.name === name);
  if (old === undefined) throw new Error(`no zone ${name} to replace`);
  const alarmed = settings.find((setting) => setting.startsWith('alarmed='));
  const zone = settings.filter((setting) => setting !== alarmed).reduce(withSetting, old);
  const alarms = alarmed === undefined ? [] : [{ zone: zone.id, alarmed: alarmed === 'alarmed=true' }];
  changeSite(world, withZones(world.site, new Map(world.site.zones).set(zone.id, zone)), [], alarms);
}

function withSetting(zone: Zone, setting: string): Zone {
  const [key = '', value = ''] = setting.split('=');
  switch (key) {
    case 'type':
      return { ...zone, type: value === 'soft' ? 'soft' : 'hard' };
    case 'reset':
      return { ...zone, resetSeconds: Number(value) };
    case 'disabled':
      return { ...zone, disabled: value === 'true' };
    case 'members':
      return { ...zone, members: membersOf(...value.split(',')) };
    case 'bypass':
      return { ...zone, bypassGroups: [value] };
    case 'name':
      return { ...zone, name: value };
    default:
      if (!jsonSettings.has(key)) throw new Error(`a zone has no ${key}`);
      return changed(zone, key, JSON.parse(value) as unknown);
  }
}

/** Those that are written as JSON. */
const jsonSettings = new Set([
  ...['actions', 'bypassUsers', 'resetEveryMinutes', 'dailyReset', 'occupancy', 'counts'],
]);

/** `null` takes a setting away. */
function changed(zone: Zone, key: string, value: unknown): Zone {
  const rest = Object.entries(zone).filter(([name]) => name !== key);
  return Object.fromEntries(value === null ? rest : [...rest, [key, value]]) as unknown as Zone;
}

function withZones(site: Site, zones: Site['zones']): Site {
  return makeSite({ ...site, zones });
}

function remove(world: World, [what = '', name = '']: readonly string[]): void {
  if (what === 'user') {
    changeSite(world, world.site, [name]);
    return;
  }
  if (what === 'door') {
    const doors = new Map(world.site.doors);
    doors.delete(name);
    changeSite(world, makeSite({ ...world.site, doors }), []);
    return;
  }
  const zones = new Map(world.site.zones);
  zones.delete(zoneId(world.site, name));
  changeSite(world, withZones(world.site, zones), []);
}

/**
 * `slow`: nothing reaches the disk until `up`. `down`: nor does it, and storage has said so. `wrote`: all of it
 * is on the disk, but the core has not heard yet.
 */
function storage(world: World, [to = '', , lost = '0']: readonly string[]): void {
  const wasDown = world.storage === 'down';
  if (to === 'wrote') {
    write(world);
    return;
  }
  if (to !== 'up') {
    world.storage = to === 'down' ? 'down' : 'slow';
    if (to === 'down') feed(world, { kind: 'storage-failed', error: 'disk full' });
    return;
  }
  world.storage = 'up';
  flush(world);
  if (wasDown) feed(world, { kind: 'storage-recovered', rowsLost: Number(lost) });
}

function setTrust(world: World, trust: string): void {
  world.trust = trust as ClockTrust;
  feed(world, { kind: 'clock-stepped', expectedWallMs: world.wallMs });
}

function clockStep(world: World, by: string): void {
  const [, sign, count, unit = 's'] = /^([+-])(\d+)([smhd])$/.exec(by) ?? [];
  const seconds = { s: 1, m: 60, h: 3_600, d: 86_400 }[unit] ?? Number.NaN;
  const expectedWallMs = world.wallMs;
  world.wallMs += Number(`${sign}${count}`) * seconds * 1_000;
  feed(world, { kind: 'clock-stepped', expectedWallMs });
}

function noise(world: World, reader: string, fault: string, times: number): void {
  for (let i = 0; i < times; i += 1) feed(world, { kind: 'unreadable', reader, fault, bits: 3 });
}

/** Something failed that is not the core's: it leaves a row. */
function broken(world: World, what: string, name: string): void {
  if (what === 'output') feed(world, { kind: 'output-failed', door: name, error: 'line busy' });
  if (what === 'input') feed(world, { kind: 'input-fault', line: name, fault: 'flapping' });
  if (what === 'web') feed(world, { kind: 'web-restarted', error: 'out of memory' });
  if (what === 'storage') feed(world, { kind: 'storage-fault', fault: 'integrity' });
  if (what === 'process') feed(world, { kind: 'stopping', cause: 'SIGTERM' });
  if (what === 'inputs') reportInputs(world);
}
