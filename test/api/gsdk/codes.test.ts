/** Codes of what the demo site has not: an interlock, a fire input, a zone that another controller owns; whole product. */
import assert from 'node:assert/strict';
import { numberOf } from '../../../src/api/gsdk/numbers.js';
import { eventually } from '../../site/product.js';
import { type OpenGsdk, openGsdk, seen } from './gsdkClient.js';

interface Told {
  readonly ID: number;
  readonly eventCode: number;
  readonly subCode: number;
  readonly entityID: number;
  readonly inputInfo: { readonly port: number; readonly value: number } | null;
  readonly interlockZoneInfo: { readonly doorIDs: readonly number[] } | null;
}

const withMore = (yaml: string): string =>
  yaml
    .replace('# interlocks: { airlock: [outer, inner] }', 'interlocks: { airlock: [lobby, garage] }')
    .replace('# fire: { line: in16 }', 'fire: { line: in16 }')
    .replace(/(\n {2}lobby:\n)/, '$1    contact: { line: in6, openWhen: active }\n');

describe('rarer event codes to G-SDK clients', function () {
  this.timeout(60_000);
  let open: OpenGsdk;
  let live: ReturnType<OpenGsdk['gsdk']['stream']>;

  before(async () => {
    open = await openGsdk(withMore);
    await open.ok('event.Event/EnableMonitoring', open.device());
    live = open.gsdk.stream('event.Event/SubscribeRealtimeLog', { queueSize: 1_000 });
  });
  after(() => open.gsdk.close());

  /** What came up to the next record with this code, taken out of what came; doors that lock and unlock are left out. */
  const upTo = async (code: number) => {
    const isIt = ({ eventCode }: Told) => eventCode === code;
    const came = await eventually(seen<Told>(live as { readonly seen: Told[] }), (told) => told.some(isIt));
    const taken = live.seen.splice(0, came.findIndex(isIt) + 1) as Told[];
    return taken.filter(({ eventCode }) => eventCode !== 0x5000 && eventCode !== 0x5100);
  };
  const words = (events: readonly Told[]) =>
    events.map(({ eventCode, subCode, entityID }) => [eventCode, subCode, entityID]);
  const mock = (path: string, body: object) => open.gsdk.api('POST', `/api/v1/mock/${path}`, body);

  it('a fire: the input, the alarm, and its end by hand', async () => {
    await mock('fire', { active: true });
    const on = await upTo(0x6700);
    assert.deepEqual(words(on), [
      [0x3f00, 0, 0],
      [0x6700, 0, 0],
    ]);
    assert.deepEqual([on[0]?.inputInfo?.port, on[0]?.inputInfo?.value], [0, 1]);
    await mock('fire', { active: false });
    const [off, ...more] = await upTo(0x3f00);
    assert.deepEqual([off?.inputInfo?.value, more], [0, []]);
    await open.gsdk.api('POST', '/api/v1/fire/reset');
    assert.deepEqual(words(await upTo(0x6800)), [[0x6800, 0, 0]]);
  });

  it('a mantrap: one door open, the other refused, both open', async () => {
    await open.gsdk.api('POST', '/api/v1/doors/garage/unlock');
    await upTo(0x5e04);
    await open.present('lobby-in', 4822);
    const denied = await upTo(0x1900);
    assert.deepEqual(words(denied), [
      [0xa200, 0, numberOf('airlock')],
      [0x1900, 0x0f, 1],
    ]);
    assert.deepEqual(denied[0]?.interlockZoneInfo?.doorIDs, [1, 2]);
    await mock('doors/garage/contact', { open: true });
    await upTo(0x5200);
    await mock('doors/lobby/contact', { open: true });
    const broken = await upTo(0xa000);
    assert.deepEqual(words(broken).at(-1), [0xa000, 0, numberOf('airlock')]);
    for (const door of ['garage', 'lobby']) await mock(`doors/${door}/contact`, { open: false });
    await open.gsdk.api('POST', '/api/v1/doors/garage/normal');
    const closed = async () => (await open.ok('door.Door/GetStatus', open.device())).status;
    await eventually(closed, (doors: readonly { isOpen: boolean; isUnlocked: boolean }[]) =>
      doors.every(({ isOpen, isUnlocked }) => !isOpen && !isUnlocked),
    );
  });

  it('let in while the controller that owns the zone cannot be asked', async () => {
    await open.ok('apb_zone.APBZone/Add', { ...open.device(), zones: [open.zone(9)] });
    await open.gsdk.patch('/api/v1/zones/9', { owner: 'c2', ownerLost: 'last-known' });
    await open.present('lobby-in', 4822);
    assert.deepEqual(words(await upTo(0x8000)).slice(-2), [
      [0x1000, 6, 1],
      [0x8000, 0, 9],
    ]);
  });
});
