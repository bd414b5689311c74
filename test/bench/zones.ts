/** Zones: decisions with many of them, who is inside a large one, clearing beside swipes, 100 added in one call. */
import { rmSync } from 'node:fs';
import { step } from '../../src/core/controller.js';
import type { Event } from '../../src/core/events.js';
import type { Direction, Reader, Site, UserFacts, Zone } from '../../src/core/model.js';
import { restoreState } from '../../src/core/restore.js';
import { defaultDoor, makeSite } from '../../src/core/site.js';
import type { State, ZoneRecord } from '../../src/core/state.js';
import { startGsdkProduct } from '../api/gsdk/gsdkClient.js';
import { type Product, startProduct } from '../site/product.js';
import { printFigure, round, spreadOf } from './figures.js';
import { cardOf, makeDataDir } from './fixture.js';
import { type Line, openLine } from './load.js';

const USERS = Number(process.env['BENCH_USERS'] ?? 240_000);
const DECISIONS = 20_000;
const MEMBERS = 64;
const CLEARED = 10_000;
const PASSWORD = 'a password of the bench';
/** Of the site whose decisions are measured: five swipes a second. */
const SITE_PACE_MS = 200;
/** One swipe after the other, so often. */
const PACE_MS = 10;

export async function benchZones(): Promise<void> {
  benchDecisions();
  await benchProduct();
  await benchAdd();
}

/** Everybody recorded in every zone; each reader belongs to one zone, or all of them to all zones. */
function benchDecisions(): void {
  decisions({ zones: 1, shared: false }, 5_000);
  const one = decisions({ zones: 1, shared: false }, DECISIONS);
  const twenty = decisions({ zones: 20, shared: false }, DECISIONS);
  const shared = decisions({ zones: 20, shared: true }, DECISIONS);
  printFigure({
    bench: 'zones',
    what: 'decision of the bare core, us; everybody is recorded in every zone of 64 readers',
    users: USERS,
    oneZone: one,
    twentyZones: twenty,
    p99Ratio: round(twenty.p99 / one.p99),
    twentyZonesOfTheSameReaders: shared,
  });
}

interface Shape {
  readonly zones: number;
  /** All zones have the same readers, so that each swipe is judged by all of them. */
  readonly shared: boolean;
}

function decisions(shape: Shape, count: number) {
  const site = siteOf(shape);
  let state = stateOf(site);
  const times: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const zone = shape.shared ? 0 : i % shape.zones;
    const side = i % 3 === 0 ? 0 : 1;
    const reader = `r${zone}-${(i % (MEMBERS / 2)) * 2 + side}`;
    const before = process.hrtime.bigint();
    state = decide(site, state, (i * 7_919) % USERS, reader, i);
    times.push(Number(process.hrtime.bigint() - before) / 1_000);
  }
  return spreadOf(times);
}

function decide(site: Site, state: State, user: number, reader: string, i: number): State {
  const passedMs = 1_000_000 + i * SITE_PACE_MS;
  const at = { monoMs: passedMs, wallMs: 1_790_000_000_000 + passedMs, trust: 'ntp' } as const;
  const event: Event = {
    ...{ kind: 'access-requested', at, door: 'lobby', reader, user: userOf(user) },
    ...{ credential: { kind: 'card', label: '' }, by: { kind: 'reader', reader } },
  };
  const asked = step(site, state, event);
  return step(site, asked.state, { kind: 'committed', at, through: asked.state.nextCommit - 1 }).state;
}

function userOf(number: number): UserFacts {
  return {
    ...{ id: `user-${number}`, name: '', enabled: true, credentialEnabled: true, groups: [] },
    ...{ accessRights: ['all'], extendedUnlock: false, supervisor: false },
  };
}

function siteOf({ zones, shared }: Shape): Site {
  const readers = new Map<string, Reader>();
  const membersOf = (zone: number) =>
    Array.from({ length: MEMBERS }, (_, n) => {
      const direction: Direction = n % 2 === 0 ? 'entry' : 'exit';
      const reader = `r${shared ? 0 : zone}-${n}`;
      readers.set(reader, { id: reader, name: reader, door: 'lobby', direction });
      return { reader, direction };
    });
  const all = Array.from({ length: zones }, (_, n): Zone => {
    const settings = { type: 'hard', disabled: false, resetSeconds: 0, bypassGroups: [] } as const;
    return { id: n + 1, name: `zone ${n + 1}`, ...settings, members: membersOf(n) };
  });
  return makeSite({
    ...{ timeZone: 'UTC', untrustedClock: 'deny', storageDeadlineMs: 1_000 },
    doors: new Map([['lobby', defaultDoor('lobby', 'Lobby', false)]]),
    readers,
    zones: new Map(all.map((zone) => [zone.id, zone])),
    ...{ schedules: new Map(), holidays: new Map(), groups: new Map() },
    accessRights: new Map([
      ['all', { id: 'all', name: 'All', doors: [{ door: 'lobby', schedule: 'always' }] }],
    ]),
  });
}

function stateOf(site: Site): State {
  const at = { monoMs: 1_000, wallMs: 1_780_000_000_000, trust: 'ntp' } as const;
  function* records() {
    for (const zone of site.zones.keys()) {
      const record: ZoneRecord = {
        ...{ direction: 'entry', reader: 'r0-0', boot: 'b', monoMs: 1, wallMs: 1, trusted: true },
      };
      for (let n = 0; n < USERS; n += 1) yield { zone, user: `user-${n}`, record };
    }
  }
  const stored = { records: { [Symbol.iterator]: records }, passages: [], facts: new Map() };
  return restoreState(site, { boot: 'b', ...stored }, at);
}

/** The product with everybody inside the demo's one zone. */
async function benchProduct(): Promise<void> {
  const dir = makeDataDir({ users: USERS, events: USERS });
  try {
    const product = await startProduct(dir);
    const body = { code: product.claimCode, name: 'bench', password: PASSWORD };
    const claimed = await product.api('POST', '/api/v1/claim', body, 'none');
    const { token } = claimed.body as { readonly token: string };
    try {
      await benchPages(product, token);
      await benchClear(product, token);
    } finally {
      await product.kill('SIGTERM');
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function benchPages(product: Product, token: string): Promise<void> {
  const ask = async (method: string, path: string, body?: unknown) => {
    const times: number[] = [];
    for (let n = 0; n < 100; n += 1) {
      const before = process.hrtime.bigint();
      const { status } = await product.api(method, path, body, token);
      times.push(Number(process.hrtime.bigint() - before) / 1e6);
      if (status !== 200) throw new Error(`${path}: ${status}`);
    }
    return spreadOf(times);
  };
  printFigure({
    bench: 'zones',
    what: 'a zone with so many inside, over the API, ms',
    users: USERS,
    firstPage: await ask('GET', '/api/v1/zones/1/records?side=entry&limit=100'),
    explain: await ask('POST', '/api/v1/explain', { user: 'user-77', reader: 'lobby-in' }),
  });
}

/** OpenDoor at one door all the while: each answer comes after its commit and its relay. */
async function benchClear(product: Product, token: string): Promise<void> {
  const source = {
    ...{ id: 'bench', name: 'bench', enabled: true, addresses: ['127.0.0.1'], username: 'bench' },
    ...{ password: PASSWORD, schemes: ['basic'], doors: ['lobby'], repeatMs: 0 },
  };
  const made = await product.api('POST', '/api/v1/sources', source, token);
  if (made.status >= 300) throw new Error(JSON.stringify(made.body));
  const line = await openLine(Number(new URL(product.url).port));
  const clear = async (users: 'all' | readonly string[]) => {
    const before = process.hrtime.bigint();
    const { status, body } = await product.api('POST', '/api/v1/zones/1/clear', { users }, token);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return { ...(body as object), answeredMs: round(Number(process.hrtime.bigint() - before) / 1e6) };
  };
  const list = Array.from({ length: CLEARED }, (_, n) => `user-${USERS - 1 - n}`);
  const none = await swipeBeside(line, 2_000, async () => undefined);
  const told = async (what: string, count: number, act: () => Promise<unknown>) => {
    const { ms, done } = await swipeBeside(line, count, act);
    const over = { p50: round(ms.p50 - none.ms.p50), p99: round(ms.p99 - none.ms.p99) };
    printFigure({ bench: 'zones', what, users: USERS, done, swipeMs: ms, withoutMs: none.ms, overMs: over });
  };
  await told('swipes while 10,000 are cleared by a list', 500, () => clear(list));
  await change(product, token, { requireEntry: true, tailgate: 'hard' });
  await told('swipes while all are cleared and leave a trace', 2_000, () => clear('all'));
  await change(product, token, { requireEntry: false });
  await told('swipes while all are cleared', 2_000, () => clear('all'));
  line.close();
}

async function change(product: Product, token: string, settings: object): Promise<void> {
  const { body } = await product.api('GET', '/api/v1/zones/1', undefined, token);
  const { id: _, revision: __, ...zone } = body as { readonly id: number; readonly revision: number };
  const zones = [{ ...zone, id: 1, ...settings }];
  const { status, body: said } = await product.api('POST', '/api/v1/zone-operations/add', { zones }, token);
  if (status >= 300) throw new Error(JSON.stringify(said));
}

let next = 0;

/** So many swipes, each by another user, at an even pace; the act begins after a tenth of them. */
async function swipeBeside(line: Line, count: number, act: () => Promise<unknown>) {
  const authorization = `Basic ${Buffer.from(`bench:${PASSWORD}`).toString('base64')}`;
  const times: number[] = [];
  let acting: Promise<unknown> = Promise.resolve(undefined);
  const start = performance.now();
  for (let n = 0; n < count; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, start + n * PACE_MS - performance.now()));
    const target = `/fcgi/OpenDoor?action=OpenDoor&DoorNum=1&AntiPassbackMode=Exit&Name=User&UnlockType=Card&Code=${cardOf(next).code}`;
    next += 1;
    if (n === count / 10) acting = act();
    const before = process.hrtime.bigint();
    const answer = await line.ask(
      `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${authorization}\r\n\r\n`,
    );
    if (n >= count / 10) times.push(Number(process.hrtime.bigint() - before) / 1e6);
    if (!answer.includes('"retcode"')) throw new Error(answer);
  }
  return { ms: spreadOf(times), done: await acting };
}

/** A G-SDK client adds as many zones as one call may have. */
async function benchAdd(): Promise<void> {
  const gsdk = await startGsdkProduct();
  try {
    const ok = async (method: string, request: object) => {
      const answer = await gsdk.call(method, request);
      if (answer.code !== 0) throw new Error(`${method}: ${answer.details}`);
      return answer.reply;
    };
    const connectInfo = { IPAddr: '127.0.0.1', port: 51_211 };
    const { deviceID } = await ok('connect.Connect/Connect', { connectInfo });
    const { slaveInfos } = await ok('rs485.RS485/GetDevice', { deviceID });
    const members = [0, 1].map((n) => ({ deviceID: slaveInfos[n].deviceID, readerType: n }));
    const zones = Array.from({ length: 100 }, (_, n) => {
      return { zoneID: n + 10, name: `Zone ${n}`, type: 0, members };
    });
    // The demo has a zone, and a controller at most 100.
    await ok('apb_zone.APBZone/DeleteAll', { deviceID });
    const times: number[] = [];
    for (let n = 0; n < 10; n += 1) {
      const before = process.hrtime.bigint();
      await ok('apb_zone.APBZone/Add', { deviceID, zones });
      times.push(Number(process.hrtime.bigint() - before) / 1e6);
    }
    printFigure({ bench: 'zones', what: 'gRPC Add of 100 zones in one call, ms', ms: spreadOf(times) });
  } finally {
    await gsdk.close();
  }
}
