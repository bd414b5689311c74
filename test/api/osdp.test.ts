import assert from 'node:assert/strict';
import type { OsdpAnswer, OsdpAsk, PeripheralView } from '../../src/core/osdp.js';
import { call } from './apiClient.js';
import { type Edge, openEdge } from './fakes.js';

const view: PeripheralView = {
  ...{
    reader: 'lobby-in',
    line: 'rs485',
    address: 1,
    state: 'online',
    secure: true,
    policy: 'required',
    keyed: true,
    keyEnded: 'keyed',
  },
  ...{
    alarms: [],
    capabilities: [{ function: 4, level: 4, count: 1 }],
    inputs: ['inactive'],
    counters: { replies: 7 },
  },
  identity: { vendor: '0A0017', model: 3, version: 1, serial: 16_909_057, firmware: '1.2.3' },
};

describe('API: OSDP readers', () => {
  let edge: Edge;
  let asks: OsdpAsk[];
  let answer: OsdpAnswer;
  beforeEach(async () => {
    edge = await openEdge();
    asks = [];
    answer = { answer: 'done' };
    edge.osdp = (ask) => {
      asks.push(ask);
      return answer;
    };
  });
  afterEach(() => edge.end());
  const ask = (method: string, path: string, body?: unknown) =>
    call(edge, method, `/api/v1/osdp${path}`, {
      token: edge.token('administrator'),
      ...(body === undefined ? {} : { body }),
    });

  it('shows lines and readers, and what is on a line', async () => {
    answer = { answer: 'lines', lines: [{ line: 'rs485', baud: 9_600, readers: [view] }] };
    const { body } = await ask('GET', '');
    assert.deepEqual(body['items'], [{ line: 'rs485', baud: 9_600, readers: [view] }]);
    answer = { answer: 'trace', records: [{ seq: 8, wallMs: 1, io: 'input', data: '53' }], last: 8 };
    assert.deepEqual((await ask('GET', '/lines/rs485/trace?after=7')).body, {
      records: answer.records,
      last: 8,
    });
    assert.deepEqual(asks.at(-1), { ask: 'trace', line: 'rs485', after: 7 });
  });

  it('passes every wish on, with who has it', async () => {
    const by = { kind: 'operator', operator: 'administrator', address: '127.0.0.1' };
    const place = { address: 5, baud: 38_400 };
    const said = async (method: string, path: string, body?: unknown) => {
      const { status } = await ask(method, path, body);
      return [status, asks.at(-1)];
    };
    assert.deepEqual(await said('POST', '/readers/a/install-key'), [204, { ask: 'arm', reader: 'a', by }]);
    assert.deepEqual(await said('DELETE', '/readers/a/install-key'), [
      204,
      { ask: 'disarm', reader: 'a', by },
    ]);
    const key = '8f1d3a5c7b92e0461f8c2d7a9b3e5061';
    assert.deepEqual(await said('PUT', '/readers/a/key', { key }), [
      204,
      { ask: 'enter-key', reader: 'a', key, by },
    ]);
    assert.deepEqual(await said('POST', '/lines/l/scan', {}), [
      204,
      { ask: 'scan', line: 'l', bauds: [9_600, 38_400, 115_200], by },
    ]);
    assert.deepEqual(await said('POST', '/lines/l/move', { from: place, to: { ...place, address: 6 } }), [
      204,
      { ask: 'move', line: 'l', from: place, to: { ...place, address: 6 }, by },
    ]);
    assert.deepEqual(await said('POST', '/readers/a/address', place), [
      204,
      { ask: 'set-address', reader: 'a', ...place, by },
    ]);
    assert.deepEqual(await said('POST', '/readers/a/file', { type: 1, base64: 'AAEC' }), [
      204,
      { ask: 'file', reader: 'a', type: 1, base64: 'AAEC', by },
    ]);
    const words = [{ seq: 3, wallMs: 1, oui: '0a0017', data: '01' }];
    answer = { answer: 'words', words, last: 3 };
    assert.deepEqual((await ask('GET', '/readers/a/manufacturer?after=2')).body, { items: words, last: 3 });
    assert.deepEqual(asks.at(-1), { ask: 'words', reader: 'a', after: 2 });
    answer = { answer: 'done', data: '0a0017ff' };
    const { body } = await ask('POST', '/readers/a/manufacturer', { oui: '0a0017', data: '0102' });
    assert.deepEqual(body, { data: '0a0017ff' });
  });

  it('refusals say what and what to do', async () => {
    for (const [why, status, detail] of [
      ['unknown-reader', 404, /OSDP reader/],
      ['clear-reader', 409, /secure: off/],
      ['no-key-store', 409, /key store/],
      ['busy', 503, /busy/],
      ['offline', 409, /not online/],
      ['weak-key', 409, /a random one/],
      ['key-pending', 409, /not proved yet/],
      ['too-long', 409, /capability 10/],
    ] as const) {
      answer = { answer: 'refused', why };
      const reply = await ask('POST', '/readers/a/install-key');
      assert.equal(reply.status, status);
      assert.match(String(reply.body['detail']), detail);
    }
  });

  it('bad input goes no further', async () => {
    for (const [path, body] of [
      ['/lines/l/scan', { bauds: [1_200] }],
      ['/lines/l/move', { from: { address: 127, baud: 9_600 }, to: { address: 1, baud: 9_600 } }],
      ['/readers/a/address', { address: -1, baud: 9_600 }],
      ['/readers/a/manufacturer', { oui: '0a00', data: '' }],
      ['/readers/a/manufacturer', { oui: '0a0017', data: '0' }],
      ['/readers/a/file', { type: 0, base64: 'AAEC' }],
      ['/readers/a/file', { type: 1, base64: '???' }],
    ] as const) {
      assert.equal((await ask('POST', path, body)).status, 400, `${path} ${JSON.stringify(body)}`);
    }
    assert.deepEqual(asks, []);
  });

  it('a key is never said back, not even where it is refused', async () => {
    const key = '8F1D3A5C7B92E0461F8C2D7A9B3E5061';
    for (const wrong of [`${key}00`, `${key.slice(1)}X`, { key }]) {
      const { status, body } = await ask('PUT', '/readers/a/key', { key: wrong });
      assert.equal(status, 400);
      assert.ok(!JSON.stringify(body).includes(key.slice(1, -1)), JSON.stringify(body));
    }
    const other = await ask('PUT', '/readers/a/key', { key, [key]: key });
    assert.equal(other.status, 400);
    assert.deepEqual(asks, []);
  });
});
