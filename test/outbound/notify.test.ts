import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { StoredEvent } from '../../src/core/management.js';
import { notify, verdictOf } from '../../src/outbound/notify.js';
import { deviceVariables, variablesOf } from '../../src/outbound/variables.js';
import { hookOf } from './hook.js';
import { type Receiver, startReceiver } from './receiver.js';

const event: StoredEvent = {
  ...{
    seq: 7,
    boot: 'b',
    monoMs: 1,
    wallMs: Date.UTC(2026, 0, 2),
    trust: 'ntp',
    kind: 'access-denied',
    hash: 'h',
  },
  ...{ door: 'lobby', reader: 'lobby-in', user: 'ann', userName: 'Ann "A" & Söhne', reason: 'passback' },
  credential: { kind: 'card', label: '••4822' },
};
const options = {
  device: () => ({ model: 'Sallyport' }),
  doorNumbers: new Map([['lobby', 3]]),
  readers: new Map([
    ['lobby-in', { id: 'lobby-in', name: 'Lobby in', direction: 'entry' as const, door: 'lobby' }],
  ]),
  doors: async () => [
    { number: 3, unlocked: true, open: false, alarm: false },
    { number: 4, unlocked: false, open: true, alarm: true },
  ],
  scheduleOf: () => 'Büro & more',
  cnonce: () => 'c',
  wallMs: () => 1_700_000_000_500,
};

describe('notify: one row as one request', () => {
  let receiver: Receiver;
  afterEach(() => receiver.close());
  const answering = async (status: number, headers: Record<string, string> = {}) => {
    receiver = await startReceiver((_seen, response) => response.writeHead(status, headers).end());
    return `http://127.0.0.1:${receiver.port}`;
  };

  it('a POST holds the row as JSON, named and signed so that the receiver can prove both', async () => {
    const url = `${await answering(204)}/hook?from=$model`;
    assert.deepEqual(await notify(hookOf({ url, secret: 'sixteen letters.' }), event, options), { ok: true });
    const [seen] = receiver.seen;
    assert.deepEqual([seen?.method, seen?.url], ['POST', '/hook?from=Sallyport']);
    assert.deepEqual(JSON.parse(seen?.body ?? ''), { ...event, at: '2026-01-02T00:00:00.000Z' });
    assert.equal(seen?.headers['sallyport-delivery'], 'alarms:7');
    assert.equal(seen?.headers['sallyport-event'], 'access-denied');
    const [, t, v1] = /^t=(\d+),v1=(\w+)$/.exec(String(seen?.headers['sallyport-signature'])) ?? [];
    assert.equal(t, '1700000000');
    assert.equal(v1, createHmac('sha256', 'sixteen letters.').update(`${t}.${seen?.body}`).digest('hex'));
  });

  it('an action URL has its variables in the query, and no body', async () => {
    const url = `${await answering(200)}/a?e=$event&u=$user_name&d=$relay_id&c=$card_sn&r=$reason&x=$mac`;
    await notify(hookOf({ url, method: 'GET' }), event, options);
    assert.deepEqual([receiver.seen[0]?.method, receiver.seen[0]?.body], ['GET', '']);
    assert.equal(
      receiver.seen[0]?.url,
      '/a?e=access-denied&u=Ann%20%22A%22%20%26%20S%C3%B6hne&d=3&c=%E2%80%A2%E2%80%A24822&r=passback&x=$mac',
    );
  });

  it('how doors stand is asked only when named; every documented word has its value', async () => {
    const words =
      'relay3status relay4status input3status input4status alarmstatus schedule remote active_url location ' +
      'antipassbackmode open_type relay9status';
    const query = words.split(' ').map((word) => `${word}=$${word}`);
    const url = `${await answering(200)}/a?${query.join('&')}`;
    await notify(hookOf({ url, method: 'GET' }), event, options);
    assert.deepEqual(receiver.seen[0]?.url.slice(3).split('&'), [
      ...['relay3status=1', 'relay4status=0', 'input3status=0', 'input4status=1', 'alarmstatus=0'],
      ...['schedule=B%C3%BCro%20%26%20more', 'remote=', 'active_url=', 'location=Lobby%20in'],
      ...['antipassbackmode=Entry', 'open_type=Card', 'relay9status=$relay9status'],
    ]);
    const never = { ...options, doors: () => Promise.reject(new Error('nobody named the doors')) };
    assert.deepEqual(await notify(hookOf({ url: `${url.split('?')[0]}?$name` }), event, never), { ok: true });
    const { door: _door, reader: _reader, ...nowhere } = event;
    await notify(hookOf({ url: `${url.split('?')[0]}?$alarmstatus$schedule` }), nowhere, options);
    assert.equal(receiver.seen[2]?.url, '/a?1');
  });

  it('every word that README names has a value, and every value is named there', async () => {
    const readme = readFileSync(new URL('../../../src/outbound/README.md', import.meta.url), 'utf8');
    const named = new Set([...readme.matchAll(/\$([a-z][a-z0-9_]*)/g)].map(([, word = '']) => word));
    const query = [...named].map((word) => `${word}=$${word}`).join('&');
    const url = `${await answering(200)}/a?${query}`;
    const doors = async () => [{ number: 1, unlocked: true, open: false, alarm: false }];
    const device = () => deviceVariables('1.2.3');
    await notify(hookOf({ url, method: 'GET' }), event, { ...options, doors, device });
    const told = new URL(receiver.seen[0]?.url ?? '', 'http://a').searchParams;
    const empty = [...told].filter(([word, value]) => value === `$${word}`);
    assert.deepEqual(empty, [], 'named, and no variable');
    const place = { location: '', wallMs: 0, code: '' };
    const all = Object.keys(variablesOf({ ...place, device: device(), doors: await doors() }));
    assert.deepEqual(
      all.filter((word) => !named.has(word)),
      [],
    );
  });

  it('a PIN and a code say what they are; a PIN is never told', async () => {
    const url = `${await answering(200)}/a?t=$unlocktype&o=$open_type&c=$code&q=$qrcode&s=$card_sn`;
    for (const credential of [
      { kind: 'pin', label: '0471' },
      { kind: 'code', label: '••ABCD' },
    ] as const) {
      await notify(hookOf({ url, method: 'GET' }), { ...event, credential }, options);
    }
    assert.deepEqual(
      receiver.seen.map((seen) => decodeURIComponent(seen.url)),
      ['/a?t=PIN&o=PIN&c=&q=&s=', '/a?t=QR Code&o=QR Code&c=••ABCD&q=••ABCD&s='],
    );
  });

  it('a template is filled as its media type asks', async () => {
    const url = await answering(200);
    const json = hookOf({ url, body: 'template', template: '{"text":"$user_name at $door"}' });
    await notify(json, event, options);
    assert.deepEqual(JSON.parse(receiver.seen[0]?.body ?? ''), { text: 'Ann "A" & Söhne at lobby' });
    const form = { template: 'who=$user_name', contentType: 'application/x-www-form-urlencoded' };
    await notify(hookOf({ url, body: 'template', ...form }), event, options);
    assert.equal(new URLSearchParams(receiver.seen[1]?.body).get('who'), 'Ann "A" & Söhne');
  });

  it('what may pass is told from what will not; Retry-After is heeded, within reason', async () => {
    await answering(200);
    const verdict = (status: number, headers = {}) =>
      verdictOf({ kind: 'answered', status, headers, challenges: [], body: '' });
    assert.deepEqual(verdict(503), { ok: false, error: 'http-503', final: false });
    assert.deepEqual(verdict(410), { ok: false, error: 'http-410', final: true });
    assert.deepEqual(verdict(302), { ok: false, error: 'http-302', final: true });
    const later = verdict(429, { 'retry-after': '999999' });
    assert.deepEqual(later, { ok: false, error: 'http-429', final: false, afterMs: 3_600_000 });
  });

  it('a URL that is none is refused for good', async () => {
    await answering(200);
    const bad = await notify(hookOf({ url: 'nonsense' }), event, options);
    assert.deepEqual(bad, { ok: false, error: 'bad-url', final: true });
  });
});
