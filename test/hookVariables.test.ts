import { deepEqual, equal, ok } from 'node:assert/strict';
import { type Receiver, startReceiver } from './outbound/receiver.js';
import { dropDataDir, eventually, newDataDir, type Product, startSite } from './site/product.js';

const site = `
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
readers:
  gate-in:
    name: Gate outside
    door: gate
    direction: entry
    wiegand: { d0: w1.d0, d1: w1.d1, formats: [H10301] }
    forward: {}
  shop-out:
    name: Shop inside & out
    door: shop
    direction: exit
    wiegand: { d0: w2.d0, d1: w2.d1, formats: [H10301] }
`;
const words = (...names: readonly string[]): string => names.map((name) => `${name}=$${name}`).join('&');
const query = words(
  ...['antipassbackmode', 'name', 'unlocktype', 'code', 'active_url', 'active_user', 'card_sn', 'remote'],
  ...['relay1status', 'relay2status', 'input1status', 'input2status', 'relay4status', 'userid', 'user_name'],
  ...['schedule', 'open_type', 'qrcode', 'alarmstatus', 'relay_id', 'location', 'model'],
);
/** What is the same for both roles: Ann's card, no call, a door that is not there. */
const ann = {
  ...{ name: 'Ann & Söhne', active_user: 'Ann & Söhne', user_name: 'Ann & Söhne', userid: 'ann' },
  ...{ unlocktype: 'Card', open_type: 'Card', qrcode: '', schedule: 'Büro & Lager', model: 'Sallyport' },
};
const always = { active_url: '', remote: '', relay4status: '$relay4status', input1status: '0' };

describe('variables of outgoing URLs, through the product', function () {
  this.timeout(60_000);
  let product: Product;
  let receiver: Receiver;

  beforeEach(async () => {
    receiver = await startReceiver((_seen, response) => response.end('{"retcode":0}'));
    product = await startSite(newDataDir(), site);
    const day = [{ fromMinute: 0, toMinute: 1_440 }];
    const doors = ['gate', 'shop'].flatMap((door) => [
      { door, schedule: 'never' },
      { door, schedule: 'office' },
    ]);
    const hook = { method: 'GET', url: `http://127.0.0.1:${receiver.port}/hook?${query}&event=$event` };
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
      ['credentials', { user: 'ann', kind: 'card', format: 'H10301', facility: 25, number: '4822' }],
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
    return Object.fromEntries(new URL(seen[count - 1]?.url ?? '', 'http://a').searchParams);
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
      ...{ location: 'shop', event: 'door-forced' },
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
    });
  });
});
