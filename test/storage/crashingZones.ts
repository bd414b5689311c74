/**
 * A program to be killed: the real core on the real storage, as fast as the disk allows, with everything that moves the
 * records of many people: passages, violations that block, clears of lists and of all, resets, zones that change, users
 * deleted. First argument: the folder; second: the session.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, type Happening } from '../../src/control/controller.js';
import type { WriteOp } from '../../src/core/management.js';
import type { Instant, Site, UserFacts, Zone } from '../../src/core/model.js';
import { restoreState } from '../../src/core/restore.js';
import { defaultDoor, makeSite } from '../../src/core/site.js';
import { databaseFile } from '../../src/storage/database.js';
import type { FromStorage } from '../../src/storage/messages.js';
import { openReads } from '../../src/storage/reads.js';
import { Writer } from '../../src/storage/writer.js';
import { at, operator, putUser, putZone } from './scene.js';

const [dataDir = '', session = ''] = process.argv.slice(2);
const people = Array.from({ length: 900 }, (_, n) => `u${n}`);
const readers = ['a-in', 'a-out', 'b-in', 'b-out'];
/** Rows on their way to the disk at most. */
const rowsMax = 150;

const settings: readonly Partial<Zone>[] = [
  { id: 1, type: 'hard' },
  { id: 2, type: 'hard-everywhere', requireEntry: true, tailgate: 'soft' },
  { id: 3, type: 'soft', dailyReset: { minute: 240, to: 'outside', groups: ['staff'] } },
  { id: 4, type: 'soft', dailyReset: { minute: 300, to: 'unknown' }, resetEveryMinutes: 60 },
];

let zones: readonly Zone[] = [];
let controller: Controller | undefined;
let monoMs = 1_000_000;
let nextWrite = 1;
const writes = new Map<number, () => void>();

const writer = new Writer({
  dataDir,
  boot: 'boot-1',
  session,
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  post: (message) => setImmediate(() => told(message)),
  postWeb: () => undefined,
  schedule: (delayMs, run) => {
    const timer = setTimeout(run, delayMs / 5);
    return () => clearTimeout(timer);
  },
});

function told(message: FromStorage): void {
  if (message.kind === 'ready') begin();
  else if (message.kind === 'committed') {
    print(`committed ${message.through}`);
    controller?.committed(message.through);
  } else if (message.kind === 'written') {
    if (message.result.ok) writes.get(message.id)?.();
    else print(`refused ${message.id} ${JSON.stringify(message.result)}`);
    writes.delete(message.id);
  }
}

/** From what the disk holds, as a start does. */
function begin(): void {
  const reads = openReads(join(dataDir, databaseFile));
  zones = settings.map((own) => reads.get('zones', String(own.id))?.body ?? zoneOf(own, readers));
  const stored = reads.stored('boot-1');
  const state = restoreState(siteOf(), { ...stored, records: [...stored.records] }, now());
  const missing = zones.filter(({ id }) => reads.get('zones', String(id)) === undefined);
  reads.close();
  controller = new Controller({
    ...{ site: siteOf(), state, now },
    outputs: { setUnlocked: () => ({ ok: true }), setOutput: () => ({ ok: true }) },
    store: (commits, resent) =>
      writer.receive(resent ? { kind: 'commit', commits, resent } : { kind: 'commit', commits }),
    ...{ answer: () => undefined, show: () => undefined, forward: () => undefined },
    setTimer: () => () => undefined,
  });
  const staff = { id: 'staff', name: 'Staff', accessRights: [] };
  const ops: WriteOp[] = [{ op: 'put', collection: 'groups', id: 'staff', body: staff }];
  if (missing.length > 0) write([...ops, ...missing.map((zone) => putZone(zone.id, zone))], () => undefined);
  submit({ kind: 'started', version: 'test' });
  print('ready');
  setImmediate(more);
}

function now(): Instant {
  return { monoMs, wallMs: 1_780_000_000_000 + monoMs, trust: 'ntp' };
}

function submit(happening: Happening): void {
  controller?.submit(happening);
}

function zoneOf(own: Partial<Zone>, members: readonly string[]): Zone {
  return {
    ...{ id: 0, name: `Zone ${own.id}`, type: 'hard', disabled: false, resetSeconds: 0, bypassGroups: [] },
    ...own,
    members: members.map((reader) => ({ reader, direction: reader.endsWith('in') ? 'entry' : 'exit' })),
  };
}

function siteOf(): Site {
  const doors = ['a', 'b'];
  return makeSite({
    ...{ timeZone: 'UTC', untrustedClock: 'deny', storageDeadlineMs: 10_000_000 },
    doors: new Map(doors.map((door) => [door, defaultDoor(door, door, false)])),
    readers: new Map(
      readers.map((id) => {
        const direction = id.endsWith('in') ? 'entry' : 'exit';
        return [id, { id, name: id, door: id.slice(0, 1), direction }];
      }),
    ),
    zones: new Map(zones.map((zone) => [zone.id, zone])),
    ...{ schedules: new Map(), holidays: new Map(), groups: new Map() },
    accessRights: new Map([
      ['all', { id: 'all', name: 'all', doors: doors.map((door) => ({ door, schedule: 'always' })) }],
    ]),
  });
}

function more(): void {
  for (let n = 0; n < 40 && (controller?.rowsWaiting() ?? 0) < rowsMax; n += 1) something();
  setImmediate(more);
}

function something(): void {
  monoMs += 20;
  const zone = 1 + below(4);
  const chance = below(1_000);
  if (chance < 900) swipe(pick(people), pick(readers));
  else if (chance < 905) submit({ kind: 'clear-zone', zone, users: part(700), by: operator });
  else if (chance < 908) submit({ kind: 'clear-zone', zone: 'all', users: part(150), by: operator });
  else if (chance < 911) submit({ kind: 'clear-zone', zone, users: 'all', by: operator });
  else if (chance < 912) submit({ kind: 'clear-zone', zone: 'all', users: 'all', by: operator });
  else if (chance < 960) submit({ kind: 'assign', zone, user: pick(people), place: 'inside', by: operator });
  else if (chance < 962) changeZone(zone);
  else if (chance < 966) deleteUser(pick(people));
  else if (chance < 968) monoMs += pick([3_600_000, 43_200_000, 86_400_000]);
  submit({ kind: 'tick' });
}

function swipe(user: string, reader: string): void {
  const facts: UserFacts = {
    ...{ id: user, name: user, enabled: true, credentialEnabled: true },
    ...{ groups: user.endsWith('7') ? ['staff'] : [], accessRights: ['all'] },
    ...{ extendedUnlock: false, supervisor: false },
  };
  submit({
    ...{ kind: 'access-requested', door: reader.slice(0, 1), reader, user: facts },
    ...{ credential: { kind: 'card', label: '' }, by: { kind: 'reader', reader } },
  });
}

/** Another member set: storage forgets its records, then the core is told. */
function changeZone(id: number): void {
  const own = settings.find((one) => one.id === id) ?? {};
  const members = Math.random() < 0.5 ? readers : readers.slice(0, 3);
  const changed = zoneOf(own, members);
  write([putZone(id, changed)], () => {
    zones = zones.map((zone) => (zone.id === id ? changed : zone));
    submit({ kind: 'site-changed', site: siteOf(), forgottenUsers: [] });
  });
}

function deleteUser(user: string): void {
  write([putUser(user), { op: 'delete', collection: 'users', id: user }], () =>
    submit({ kind: 'site-changed', site: siteOf(), forgottenUsers: [user] }),
  );
}

function write(ops: WriteOp[], then: () => void): void {
  const id = nextWrite++;
  writes.set(id, then);
  writer.receive({ kind: 'write', id, at, write: { by: operator, ops } });
}

function part(count: number): readonly string[] {
  const from = below(people.length - count);
  return people.slice(from, from + count);
}

function below(n: number): number {
  return Math.floor(Math.random() * n);
}

function pick<T>(items: readonly T[]): T {
  return items[below(items.length)] as T;
}

/** Straight to the pipe: what was printed is there after a kill. */
function print(line: string): void {
  writeSync(1, `${line}\n`);
}
