import { deepEqual, equal, fail, match, ok } from 'node:assert/strict';
import { hostname } from 'node:os';
import { type LogKind, logKinds } from '../src/core/log.js';
import type { StoredEvent } from '../src/core/management.js';
import { version } from '../src/version.js';
import { type Receiver, startReceiver } from './outbound/receiver.js';
import { dropDataDir, eventually, newDataDir, type Product, startSite } from './site/product.js';

const siteOf = (port: number): string => `
name: Works
board: mock
timeZone: Europe/Berlin
clock: assume-trusted
doors:
  gate:
    name: Gate
    number: 1
    relay: { line: relay1 }
  shop:
    name: Shop
    number: 2
    relay: { line: relay2 }
    contact: { line: in2, openWhen: active }
    rex: { line: in3 }
fire: { line: in16 }
readers:
  gate-in:
    name: Gate outside
    door: gate
    direction: entry
    wiegand: { d0: w1.d0, d1: w1.d1, formats: [H10301] }
    forward: {}
  gate-side:
    door: gate
    direction: entry
    wiegand: { d0: w3.d0, d1: w3.d1, formats: [H10301] }
    forward:
      mode: exit
      codeFormat: 8H10D
      urls: ['http://127.0.0.1:${port}/reader?code=$code&mode=$antipassbackmode&at=$location']
  shop-out:
    name: Shop inside & out
    door: shop
    direction: exit
    wiegand: { d0: w2.d0, d1: w2.d1, formats: [H10301] }
    tamper: { line: in4 }
`;
const words = (...names: readonly string[]): string => names.map((name) => `${name}=$${name}`).join('&');
const query = words(
  ...['antipassbackmode', 'name', 'unlocktype', 'code', 'active_url', 'active_user', 'card_sn', 'remote'],
  ...['relay1status', 'relay2status', 'input1status', 'input2status', 'relay4status', 'userid', 'user_name'],
  ...[
    'schedule',
    'open_type',
    'qrcode',
    'alarmstatus',
    'relay_id',
    'location',
    'model',
    'mac',
    'ip',
    'firmware',
  ],
  ...['time', 'host'],
);
/** What a hook has of its row besides. */
const hookQuery = words('event', 'seq', 'reason', 'door', 'reader', 'zone');

/** What is the same for both roles: Ann's card, no call, a door that is not there. */
const ann = {
  ...{ name: 'Ann & Söhne', active_user: 'Ann & Söhne', user_name: 'Ann & Söhne', userid: 'ann' },
  ...{ unlocktype: 'Card', open_type: 'Card', qrcode: '', schedule: 'Büro & Lager', model: 'Sallyport' },
};
const always = { active_url: '', remote: '', relay4status: '$relay4status', input1status: '0' };

/** What is done over the API, and the kind of row that comes of it. */
const deeds: readonly (readonly [kind: LogKind, path: string, body?: object])[] = [
  ['door-released', 'doors/gate/release'],
  ['door-command', 'doors/gate/unlock'],
  ['door-command', 'doors/gate/normal'],
  ['rex', 'mock/doors/shop/rex', { active: true }],
  ['door-opened', 'mock/doors/shop/contact', { open: true }],
  ['door-closed', 'mock/doors/shop/contact', { open: false }],
  ['tamper-on', 'mock/readers/shop-out/tamper', { active: true }],
  ['tamper-off', 'mock/readers/shop-out/tamper', { active: false }],
  ['fire-on', 'mock/fire', { active: true }],
  ['fire-off', 'mock/fire', { active: false }],
  ['learn-armed', 'readers/shop-out/learn', {}],
  ['zone-assigned', 'zones/1/assign', { user: 'ann', place: 'inside' }],
  ['zone-lockdown-on', 'zones/1/lockdown', { active: true }],
  ['zone-lockdown-off', 'zones/1/lockdown', { active: false }],
  ['muster-started', 'zones/1/muster', { active: true }],
  ['muster-ended', 'zones/1/muster', { active: false }],
  ['zone-alarm-off', 'zones/1/alarm', { alarmed: false }],
  ['zone-alarm-on', 'zones/1/alarm', { alarmed: true }],
  ['zone-cleared', 'zones/1/clear', { users: 'all' }],
];

describe('variables of outgoing URLs, through the product', function () {
  this.timeout(60_000);
  let product: Product;
  let receiver: Receiver;

  beforeEach(async () => {
    receiver = await startReceiver((_seen, response) => response.end('{"retcode":0}'));
    product = await startSite(newDataDir(), siteOf(receiver.port));
    const day = [{ fromMinute: 0, toMinute: 1_440 }];
    const doors = ['gate', 'shop'].flatMap((door) => [
      { door, schedule: 'never' },
      { door, schedule: 'office' },
    ]);
    const hook = { method: 'GET', url: `http://127.0.0.1:${receiver.port}/hook?${query}&${hookQuery}` };
    for (const [path, body] of [
      ['schedules', { id: 'office', name: 'Büro & Lager', week: Array(7).fill(day) }],
      ['access-rights', { id: 'all', name: 'All', doors }],
      ['groups', { id: 'staff', name: 'Staff', accessRights: ['all'] }],
      [
        'users',
        {
          ...{ id: 'ann', name: 'Ann & Söhne', groups: ['staff'] },
          urls: [`http://127.0.0.1:${receiver.port}/sent?${query}`],
        },
      ],
      ['users', { id: 'bob', name: 'Bob', groups: ['staff'] }],
      ['credentials', { user: 'ann', kind: 'card', format: 'H10301', facility: 25, number: '4822' }],
      ['credentials', { user: 'bob', kind: 'card', format: 'H10301', facility: 25, number: '4823' }],
      ['hooks', { id: 'all', name: 'All', events: ['access-granted', 'door-forced'], ...hook }],
    ] as const) {
      const { status, body: answer } = await product.api('POST', `/api/v1/${path}`, body);
      equal(status, 201, JSON.stringify(answer));
    }
  });

  afterEach(async () => {
    await product.kill('SIGKILL');
    await receiver.close();
    dropDataDir(product.dataDir);
  });

  const arrived = async (count: number): Promise<Record<string, string>> => {
    const seen = await eventually(
      async () => [...receiver.seen],
      (all) => all.length >= count,
    );
    const told = Object.fromEntries(new URL(seen[count - 1]?.url ?? '', 'http://a').searchParams);
    const { mac = '', ip = '', firmware, host, time = '', seq, ...rest } = told;
    match(mac, /^([0-9A-F]{2}(:[0-9A-F]{2}){5})?$/);
    match(ip, /^\d+\.\d+\.\d+\.\d+$/);
    deepEqual([firmware, host], [version, hostname()]);
    // Of the row, where there is one; a swipe that is sent on is told as it is sent.
    const row =
      seq === undefined ? undefined : (await product.events()).find((one) => String(one.seq) === seq);
    equal(time, row === undefined ? time : new Date(row.wallMs).toISOString());
    ok(Math.abs(Date.now() - Date.parse(time)) < 60_000, time);
    return rest;
  };

  it('a swipe sent on tells the whole card, a hook the masked one; both tell doors, alarm and schedule', async () => {
    for (const [path, body] of [
      ['doors/gate/unlock', undefined],
      ['mock/doors/shop/contact', { open: true }],
    ] as const) {
      const { status, body: answer } = await product.api('POST', `/api/v1/${path}`, body);
      ok(status < 300, JSON.stringify(answer));
    }
    deepEqual(await arrived(1), {
      ...always,
      ...{ name: '', active_user: '', user_name: '', userid: '', unlocktype: '', open_type: '', qrcode: '' },
      ...{ code: '', card_sn: '', schedule: '', antipassbackmode: '', model: 'Sallyport' },
      ...{ relay1status: '1', relay2status: '0', input2status: '1', alarmstatus: '1', relay_id: '2' },
      ...{ location: 'shop', event: 'door-forced', door: 'shop', reader: '', reason: '', zone: '' },
    });

    await product.present('gate-in', 4822);
    deepEqual(await arrived(2), {
      ...{ ...always, ...ann, code: '001912D6', card_sn: '001912D6', antipassbackmode: 'Entry' },
      ...{ relay1status: '1', relay2status: '0', input2status: '1', alarmstatus: '0', relay_id: '1' },
      location: 'Gate outside',
    });

    await product.present('shop-out', 4822);
    const granted = await arrived(3);
    deepEqual([granted['code'], granted['card_sn']], [granted['card_sn'], 'H10301 ••4822']);
    // Whether its relay moves before the hook asks, or has moved back, is not for a test.
    const { code: _code, card_sn: _card, alarmstatus: _alarm, relay2status: _relay, ...rest } = granted;
    deepEqual(rest, {
      ...{ ...always, ...ann, antipassbackmode: 'Exit', relay1status: '1' },
      ...{ input2status: '1', relay_id: '2', location: 'Shop inside & out', event: 'access-granted' },
      ...{ door: 'shop', reader: 'shop-out', reason: '', zone: '' },
    });

    // A reader has URLs for whoever has none, its own side and its own notation.
    await product.present('gate-side', 4823);
    const seen = await eventually(
      async () => [...receiver.seen],
      (all) => all.length === 4,
    );
    equal(seen[3]?.url, '/reader?code=0001643223&mode=Exit&at=Gate%20entry');
  });

  it('each kind of row can have a hook of its own, which gets every row of that kind and no other', async () => {
    const api = async (method: string, path: string, body?: object) => {
      const { status, body: answer } = await product.api(method, `/api/v1/${path}`, body, product.token, '*');
      ok(status < 300, `${path}: ${status} ${JSON.stringify(answer)}`);
      return answer as Readonly<Record<string, unknown>>;
    };
    await api('DELETE', 'hooks/all');
    for (const kind of logKinds) {
      const url = `http://127.0.0.1:${receiver.port}/${kind}`;
      await api('POST', 'hooks', { id: kind, name: kind, events: [kind], url, secret: 'sixteen letters.' });
    }
    await api('PATCH', 'users/ann', { urls: [] });
    await api('PATCH', 'doors/shop', { passageCounts: 'at-grant' });
    const members = [
      { reader: 'gate-in', direction: 'entry' },
      { reader: 'shop-out', direction: 'exit' },
    ];
    await api('POST', 'zones', { id: 1, name: 'Hall', type: 'hard', members });
    const from = (await product.events()).at(-1)?.seq ?? 0;
    /** Does it, and waits for the row that comes of it. */
    const caused = async (kind: LogKind, act: () => Promise<unknown>) => {
      const count = async () => (await product.events()).filter((row) => row.kind === kind).length;
      const before = await count();
      await act();
      await eventually(count, (now) => now > before).catch(() => fail(`no row ${kind}`));
    };
    await caused('forward-answered', () => product.present('gate-in', 4822));
    await caused('access-granted', () => product.present('shop-out', 4822));
    await caused('passback-violation', () => product.present('shop-out', 4822));
    await caused('access-denied', () => product.present('shop-out', 999));
    for (const [kind, path, body] of deeds) {
      await caused(kind, () => api('POST', path, body));
    }
    const headers = { authorization: `Bearer ${product.token}` };
    await caused('exported', async () =>
      (await fetch(`${product.url}/api/v1/exports/users`, { headers })).text(),
    );
    const rows = (await product.events()).filter(({ seq }) => seq > from);
    const last = rows.at(-1)?.seq ?? 0;
    const wanted = rows.map(({ kind, seq }) => `/${kind} ${kind} ${seq}`);
    const arrived = () =>
      receiver.seen.map(({ url, headers, body }) => {
        const row = JSON.parse(body) as StoredEvent;
        equal(headers['sallyport-delivery'], `${row.kind}:${row.seq}`);
        return { line: `${url} ${String(headers['sallyport-event'])} ${row.seq}`, seq: row.seq };
      });
    const got = await eventually(
      async () => arrived().filter(({ seq }) => seq > from && seq <= last),
      (all) => all.length >= wanted.length,
    );
    deepEqual(got.map(({ line }) => line).sort(), wanted.sort());
    const kinds = new Set(rows.map(({ kind }) => kind));
    ok(kinds.size >= 24, `only ${[...kinds].join(' ')}`);
  });
});
