/** The real product with a site of many readers, and the words a story of one zone is told in. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import type { StoredEvent } from '../../src/core/management.js';
import type { ProductClock } from '../faults/faketime.js';
import { withEnvironment } from '../faults/neighbour.js';
import { eventually, type Product, startSite } from '../site/product.js';

const door = (number: number, more: string): string => `
  d${number}:
    name: Door ${number}
    number: ${number}
    relay: { line: relay${number} }
    ${more}`;
const reader = (id: string, of: string, direction: string, wire: number): string => `
  ${id}:
    door: ${of}
    direction: ${direction}
    wiegand: { d0: w${wire}.d0, d1: w${wire}.d1, formats: [H10301], led: { line: w${wire}.led } }`;

/** Doors d1 to d3 without contact (exits open by hardware as well), d4 with one, open when nothing holds it closed. */
const siteFile = (gsdkPort: number): string => `
name: Zones
board: mock
timeZone: UTC
clock: assume-trusted
gsdk: { clients: any, port: ${gsdkPort} }
outputs:
  siren: { line: relay7 }
  lamp: { line: relay8 }
doors:${[1, 2, 3].map((number) => door(number, `rex: { line: in${number} }\n    hardwareRex: confirmed`)).join('')}${door(4, 'contact: { line: in4, openWhen: inactive }')}
readers:${reader('r1', 'd1', 'entry', 1)}${reader('r2', 'd1', 'exit', 2)}${reader('r3', 'd2', 'entry', 3)}${reader('r4', 'd2', 'exit', 4)}${reader('r5', 'd3', 'entry', 5)}${reader('r6', 'd3', 'exit', 6)}${reader('v-in', 'd4', 'entry', 7)}${reader('v-out', 'd4', 'exit', 8)}
`;

/** Who there is; sue leads others, eve is of the staff. */
const people: Readonly<Record<string, { readonly card: number } & Readonly<Record<string, unknown>>>> = {
  ann: { card: 101 },
  bob: { card: 102 },
  sue: { card: 103, supervisor: true },
  eve: { card: 104, groups: ['staff'] },
};

export interface Life {
  readonly product: Product;
  readonly clock: ProductClock;
}

/** Starts it, or starts it again. */
export function startZones(dataDir: string, clock: ProductClock, gsdkPort: number): Promise<Life> {
  return withEnvironment(clock.environment, async () => {
    return { product: await startSite(dataDir, siteFile(gsdkPort)), clock };
  });
}

/** The people of the stories, each with a card and a right to every door. */
export async function enrolPeople({ product }: Life): Promise<void> {
  const doors = ['d1', 'd2', 'd3', 'd4'].map((id) => ({ door: id, schedule: 'always' }));
  await made(product, 'access-rights', { id: 'all', name: 'All', doors });
  await made(product, 'groups', { id: 'staff', name: 'Staff' });
  for (const [id, { card, ...more }] of Object.entries(people)) {
    await made(product, 'users', { id, name: id, accessRights: ['all'], ...more });
    const number = String(card);
    await made(product, 'credentials', { user: id, kind: 'card', format: 'H10301', facility: 25, number });
  }
}

export async function made(product: Product, collection: string, body: object): Promise<void> {
  const answer = await product.api('POST', `/api/v1/${collection}`, body);
  equal(answer.status, 201, `${collection}: ${JSON.stringify(answer.body)}`);
}

/** A call that is answered well. */
export async function call<T>(product: Product, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await product.api(method, `/api/v1/${path}`, body);
  ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body as T;
}

export async function eventsAfter(product: Product, seq: number): Promise<readonly StoredEvent[]> {
  const found: StoredEvent[] = [];
  for (let after = seq; ; after = found.at(-1)?.seq ?? after) {
    const page = await call<{ items: readonly StoredEvent[] }>(
      product,
      'GET',
      `events?order=asc&limit=1000&after=${after}`,
    );
    found.push(...page.items);
    if (page.items.length === 0) return found;
  }
}

async function lastSeq(product: Product): Promise<number> {
  const page = await call<{ items: readonly StoredEvent[] }>(product, 'GET', 'events?limit=1');
  return page.items[0]?.seq ?? 0;
}

/** Is this line of the board active now? */
export async function isActive(product: Product, line: string): Promise<boolean> {
  return (await product.lines()).find((one) => one.line === line)?.active === true;
}

const lineOf: Readonly<Record<string, string>> = { siren: 'relay7', lamp: 'relay8' };
const doorOf: Readonly<Record<string, number>> = {
  ...{ r1: 1, r2: 1, r3: 2, r4: 2, r5: 3, r6: 3 },
  ...{ 'v-in': 4, 'v-out': 4 },
};
const outcomes = new Set(['access-granted', 'access-denied', 'company-awaited', 'muster-read']);

/** Long enough for every pulse to end. */
const PULSE_S = 10;

/**
 * One line of a story: what happens, ` -> ` what is seen. `ann r1 -> granted` presents her card and looks at the row,
 * the relay and its end (`ann v-in waits`: not at its end); `+600s` lets time pass; the other words are calls of the API.
 */
export async function tell(life: Life, zone: number, line: string): Promise<void> {
  const [what = '', wanted = 'done'] = line.split(' -> ');
  const [word = '', ...rest] = what.trim().split(' ');
  const got = await happen(life, zone, word, rest, wanted);
  equal(got, wanted, line);
}

async function happen(
  life: Life,
  zone: number,
  word: string,
  rest: readonly string[],
  wanted: string,
): Promise<string> {
  const { product } = life;
  const [first = '', second = ''] = rest;
  if (word in people) return present(life, word, first, second !== 'waits');
  switch (word) {
    case 'clear':
      return clear(product, zone, first, second);
    case 'alarm':
      await call(product, 'POST', `zones/${zone}/alarm`, { alarmed: first === 'on' });
      return 'done';
    case 'muster':
    case 'lockdown':
      await call(product, 'POST', `zones/${zone}/${word}`, { active: first === 'on' });
      return 'done';
    case 'assign':
      await call(product, 'POST', `zones/${zone}/assign`, { user: first, place: second });
      return 'done';
    case 'inside':
      return inside(product, zone);
    case 'roll':
      return rollCall(product, zone, first);
    case 'output':
      return (await isActive(product, lineOf[first] ?? '')) ? 'on' : 'off';
    case 'explain':
      return explain(product, first, second);
    case 'opens':
    case 'closes':
      return moveLeaf(product, word === 'opens');
    case 'rex':
      await call(product, 'POST', `mock/doors/${first}/rex`, { active: true });
      await call(product, 'POST', `mock/doors/${first}/rex`, { active: false });
      return 'done';
    default:
      return pass(life, Number(/^\+(\d+)s$/.exec(word)?.[1]), wanted);
  }
}

/** Time passes; what the timers that are due by then write into the log, as words. */
async function pass({ product, clock }: Life, seconds: number, wanted: string): Promise<string> {
  ok(seconds > 0, 'a story knows no such word');
  const before = await lastSeq(product);
  await clock.advance(seconds, product);
  const said = async (): Promise<string> => {
    const words = (await eventsAfter(product, before)).flatMap(({ kind, detail }) => {
      if (kind === 'zone-reset') return [`reset ${detail?.['cause']} ${detail?.['forgotten']}`];
      return kind === 'no-entry-after-grant' || kind === 'access-denied' ? [kind] : [];
    });
    return words.length === 0 ? 'done' : words.join(' ');
  };
  return wanted === 'done' ? said() : eventually(said, (words) => words !== 'done');
}

/** Somebody stands at a reader: the rows, the relay, and its end. */
async function present(life: Life, user: string, at: string, pulseEnds: boolean): Promise<string> {
  const { product } = life;
  const before = await lastSeq(product);
  await product.present(at, people[user]?.card ?? 0);
  const rows = await eventually(
    () => eventsAfter(product, before),
    (found) => found.some((row) => row.user === user && outcomes.has(row.kind)),
  );
  const relay = `relay${doorOf[at]}`;
  const granted = rows.filter(({ kind }) => kind === 'access-granted');
  if (granted.length > 0) {
    await eventually(
      () => isActive(product, relay),
      (active) => active,
    );
    if (pulseEnds) await endPulse(life, relay);
  } else equal(await isActive(product, relay), false, `${relay} after a refusal`);
  return wordsOf(rows);
}

async function endPulse(life: Life, relay: string): Promise<void> {
  await life.clock.advance(PULSE_S, life.product);
  await eventually(
    () => isActive(life.product, relay),
    (active) => !active,
  );
}

function wordsOf(rows: readonly StoredEvent[]): string {
  const granted = rows.filter(({ kind }) => kind === 'access-granted');
  const words = granted.length === 0 ? [] : ['granted'];
  if (granted.length > 1) words[0] = `granted ${granted.map((row) => row.user).join(',')}`;
  for (const { kind, reason, detail } of rows) {
    const soft = detail?.['type'] === 'soft';
    if (kind === 'access-denied') words.push(`denied ${reason}`);
    if (kind === 'company-awaited') words.push('waits');
    if (kind === 'muster-read') words.push('safe');
    if (kind === 'passback-violation' && soft) words.push(`${detail?.['rule'] ?? 'passback'}-detected`);
    if (kind === 'occupancy-violation' && soft) words.push(`${detail?.['rule']}-detected`);
    if (kind === 'passback-exempt') words.push('exempt');
    if (kind === 'access-granted' && detail?.['unconfirmed'] !== undefined) words.push('unconfirmed');
  }
  return words.join(' ');
}

async function clear(product: Product, zone: number, who: string, group: string): Promise<string> {
  const users = who === 'all' ? 'all' : who.split(',');
  const body = who === 'group' ? { group } : { users };
  const { forgotten } = await call<{ forgotten: number }>(product, 'POST', `zones/${zone}/clear`, body);
  return `forgotten ${forgotten}`;
}

async function inside(product: Product, zone: number): Promise<string> {
  const page = await call<{ items: readonly { user: string }[] }>(
    product,
    'GET',
    `zones/${zone}/records?side=entry`,
  );
  const users = page.items.map(({ user }) => user);
  return users.length === 0 ? 'nobody' : users.join(',');
}

/** The roll call, which as JSON and as CSV says the same. */
async function rollCall(product: Product, zone: number, part: string): Promise<string> {
  interface Person {
    readonly user: string;
    readonly place: string;
  }
  const path = `zones/${zone}/roll-call`;
  const page = await call<{ items: readonly Person[] }>(product, 'GET', `${path}?part=${part}`);
  const response = await fetch(`${product.url}/api/v1/${path}.csv`, {
    headers: { authorization: `Bearer ${product.token}` },
  });
  const lines = (await response.text()).trim().split(/\r?\n/).slice(1);
  const csv = lines
    .map((one) => one.split(','))
    .filter(([, , place]) => (place === 'safe') === (part === 'safe'));
  deepEqual(
    csv.map(([user, , place]) => ({ user, place })),
    page.items.map(({ user, place }) => ({ user, place })),
  );
  return page.items.map(({ user, place }) => `${user} ${place}`).join(',') || 'nobody';
}

async function explain(product: Product, user: string, at: string): Promise<string> {
  const said = await call<{ decision: string; reason?: string }>(product, 'POST', 'explain', {
    user,
    reader: at,
  });
  return said.reason === undefined ? said.decision : `${said.decision} ${said.reason}`;
}

async function moveLeaf(product: Product, open: boolean): Promise<string> {
  const { state } = await call<{ state: { leaf: string } }>(product, 'GET', 'doors/d4');
  if (state.leaf === (open ? 'open' : 'closed')) return 'done';
  const before = await lastSeq(product);
  await call(product, 'POST', 'mock/doors/d4/contact', { open });
  const kind = open ? /^door-(opened|forced)$/ : /^door-closed$/;
  const rows = await eventually(
    () => eventsAfter(product, before),
    (found) => found.some((row) => kind.test(row.kind)),
  );
  const taken = rows.filter((row) => row.kind === 'access-taken').map(({ user }) => user);
  return taken.length === 0 ? 'done' : `taken ${taken.join(',')}`;
}
