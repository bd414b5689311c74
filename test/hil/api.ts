/** What the guest's tests ask of the running product over its API, as an administrator. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { log } from './unit.js';

const url = 'http://127.0.0.1:8080';
const token = () => readFileSync('/loop/token', 'utf8');

export async function get<T>(path: string): Promise<T> {
  const response = await fetch(url + path, { headers: { authorization: `Bearer ${token()}` } });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** The status of the answer; what is refused is the caller's to judge. */
export async function ask(method: 'POST' | 'PATCH', path: string, body: object = {}): Promise<number> {
  const headers = { authorization: `Bearer ${token()}`, 'content-type': 'application/json', 'if-match': '*' };
  const reply = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
  const text = await reply.text();
  if (reply.status >= 500) throw new Error(`${path}: ${reply.status} ${text} ${readFileSync(log, 'utf8')}`);
  return reply.status;
}

/** Changes how a door behaves. */
export async function changeDoor(door: string, patch: Readonly<Record<string, number>>): Promise<void> {
  assert.equal(await ask('PATCH', `/api/v1/doors/${door}`, patch), 200);
}

interface Health {
  readonly id: string;
  readonly tamper?: boolean;
  readonly frames: number;
  readonly parityErrors: number;
  readonly lengthErrors: number;
  readonly noise: number;
}

interface Status {
  readonly version: string;
  readonly lastSeq: number;
  readonly fire: string;
  readonly doors: readonly { readonly id: string; readonly lock: string }[];
  readonly readers: readonly Health[];
}

export function status(): Promise<Status> {
  return get<Status>('/api/v1/status');
}

export async function counts() {
  const { readers: health } = await status();
  const sum = (key: Exclude<keyof Health, 'id' | 'tamper'>) =>
    health.reduce((total, one) => total + one[key], 0);
  return { frames: sum('frames'), damaged: sum('parityErrors') + sum('lengthErrors') + sum('noise') };
}

interface Row {
  readonly seq: number | string;
  readonly kind: string;
  readonly door?: string;
  readonly reader?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export async function lastSeq(): Promise<number> {
  return (await status()).lastSeq;
}

/** How many rows of one kind there are since a sequence number. */
export async function rowsSince(seq: number, kind: string): Promise<number> {
  return (await rowsOf(seq, kind)).length;
}

export async function rowsOf(seq: number, kind: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let after = seq;
  for (;;) {
    const { items } = await get<{ readonly items: readonly Row[] }>(
      `/api/v1/events?order=asc&limit=1000&after=${after}`,
    );
    rows.push(...items.filter((row) => row.kind === kind));
    const last = items[items.length - 1];
    if (last === undefined || items.length < 1_000) return rows;
    after = Number(last.seq);
  }
}

/** Ready is said when doors are served; the API comes a little later. */
export async function untilApi(): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const reply = await fetch(`${url}/health`).catch(() => undefined);
    if (reply?.ok) return;
    assert.ok(tries < 300, 'the API does not come');
    await sleep(100);
  }
}
