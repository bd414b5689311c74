import assert from 'node:assert/strict';
import { type Edge, openEdge, putSource } from '../fakes.js';
import { account, ann, facadeClient } from './facadeClient.js';

describe('the Akuvox API: settings and schedules', () => {
  let edge: Edge;
  beforeEach(async () => {
    edge = await openEdge();
  });
  afterEach(() => edge.end());
  const { ask, post } = facadeClient(() => edge);

  it('a door’s name and time can be set, by the account’s doors; wiring and unknown keys cannot', async () => {
    putSource(edge, account);
    const key = (name: string) => `Config.DoorSetting.RELAY.${name}`;
    const whole = (await ask('GET', '/api/relay/get')).data;
    assert.equal((await post('relay', 'set', whole)).retcode, 0, 'the whole map sent back');
    assert.equal(edge.writes.length, 0);
    const change = { [key('NameA')]: 'Front', [key('HoldDelayA')]: 60 };
    assert.equal((await post('relay', 'set', change)).retcode, 0);
    const stored = edge.reads.get('doors', 'lobby')?.body;
    assert.deepEqual([stored?.name, stored?.unlockMs, stored?.extendedUnlockMs], ['Front', 60_000, 60_000]);
    assert.equal((await ask('GET', '/api/relay/get')).data[key('NameA')], 'Front');
    assert.equal((await post('config', 'set', { [key('NameA')]: 'Lobby' })).retcode, 0);
    const writes = edge.writes.length;
    for (const [target, wrong, what] of [
      ['relay', { [key('HoldDelayA')]: '1' }, /unlockMs/],
      ['relay', { [key('HoldDelayA')]: '7', [key('RelayOnWebPwd')]: 'x' }, /RelayOnWebPwd/],
      ['relay', { [key('HoldDelayA')]: '-7' }, /HoldDelayA: is whole seconds/],
      ['relay', { [key('NameA')]: ['x'] }, /NameA/],
      ['relay', { [key('RelayAMode')]: '1' }, /site file/],
      ['input', { 'Config.DoorSetting.INPUT.InputRelayA': '2' }, /site file/],
      ['input', { [key('NameA')]: 'x' }, /is no setting/],
      ['config', {}, /Error Param/],
    ] as const) {
      const { retcode, message } = await post(target, 'set', wrong);
      assert.equal(retcode, -2, JSON.stringify(wrong));
      assert.match(message, what);
    }
    assert.equal((await post('relay', 'set', { [key('NameB')]: 'Not mine' })).retcode, -3);
    assert.equal((await post('input', 'set', (await ask('GET', '/api/input/get')).data)).retcode, 0);
    assert.equal((await ask('GET', '/api/relay/set?x=1')).retcode, -1, 'never by GET');
    assert.equal(edge.writes.length, writes);
  });

  it('schedules: added, read back, changed, deleted; what says more than the dialect is read-only', async () => {
    putSource(edge, account);
    const office = { Name: 'Office', Type: '1', Week: '12345', TimeStart: '08:00', TimeEnd: '18:00' };
    const daily = { ID: '2000', Name: 'Daily', Type: '2', Daily: '00:00-23:59' };
    assert.equal((await post('schedule', 'add', { item: [office, daily] })).retcode, 0);
    const week = edge.reads.get('schedules', '1003')?.body.week;
    assert.deepEqual(week?.[4], [{ fromMinute: 480, toMinute: 1_080 }]);
    assert.deepEqual([week?.length, week?.[5]], [7, []]);
    const shown = (await ask('GET', '/api/schedule/get')).data.item?.find(({ ID }) => ID === '1003');
    assert.deepEqual(
      [shown?.['Week'], shown?.['TimeStart'], shown?.['TimeEnd'], shown?.['SourceType']],
      ['12345', '08:00', '18:00', '1'],
    );
    assert.deepEqual(edge.reads.get('schedules', '2000')?.body.week[6], [{ fromMinute: 0, toMinute: 1_440 }]);
    assert.equal((await post('schedule', 'set', { item: [{ ...shown, Week: '67' }] })).retcode, 0);
    assert.deepEqual(edge.reads.get('schedules', '1003')?.body.week[0], []);
    // A right that uses it, by a user of the dialect, holds it fast.
    assert.equal((await post('user', 'add', { item: [{ ...ann, ScheduleRelay: '1003-1;' }] })).retcode, 0);
    assert.equal((await post('schedule', 'del', { item: [{ ID: '1003' }] })).retcode, -2);
    assert.equal((await post('schedule', 'del', { item: [{ ID: '2000' }] })).retcode, 0);
    const lunch = [480, 780].map((fromMinute) => ({ fromMinute, toMinute: fromMinute + 240 }));
    edge.put({
      op: 'put',
      collection: 'schedules',
      id: '3000',
      body: { id: '3000', name: 'Lunch', week: [lunch, [], [], [], [], [], []], holidays: {} },
    });
    const rich = (await ask('GET', '/api/schedule/get')).data.item?.find(({ ID }) => ID === '3000');
    assert.equal(rich?.['SourceType'], '2');
    const writes = edge.writes.length;
    for (const [action, item, what] of [
      ['set', { ...rich }, /says more/],
      ['del', { ID: '3000' }, /says more/],
      ['del', { ID: '9' }, /no such schedule/],
      ['set', { ...office, ID: '1001' }, /built in/],
      ['add', { ...office, ID: '1003' }, /exists/],
      ['add', { ...office, ID: 'x' }, /is a number/],
      ['add', { ...office, Type: '0', DateStart: '20260101' }, /DateEnd/],
      ['add', { ...office, Type: '0', DateStart: '20260230', DateEnd: '20260301' }, /DateStart/],
      ['add', { ...office, Type: '0', DateStart: '20260102', DateEnd: '20260101' }, /DateEnd/],
      ['add', { ...office, Type: '3' }, /Type/],
      ['add', { ...office, Week: '8' }, /Week/],
      ['add', { ...office, TimeEnd: '07:00' }, /TimeEnd/],
      ['add', { ...office, TimeStart: '24:00' }, /TimeStart/],
      ['add', { ...office, Name: 'a\nb' }, /Name/],
    ] as const) {
      const { retcode, message } = await post('schedule', action, { item: [item] });
      assert.equal(retcode, -2, JSON.stringify(item));
      assert.match(message, what);
    }
    assert.equal(edge.writes.length, writes);
    assert.deepEqual((await ask('GET', '/api/schedule/get?page=2')).data.item, []);
  });

  it('schedules between dates: added, read back, written back whole, and made weekly again', async () => {
    putSource(edge, account);
    const dates = { DateStart: '20261201', DateEnd: '20270106' };
    const fair = { ID: '1500', Name: 'Fair', Type: '0', ...dates, TimeStart: '09:00', TimeEnd: '17:00' };
    assert.equal((await post('schedule', 'add', { item: [fair] })).retcode, 0);
    const body = () => edge.reads.get('schedules', '1500')?.body;
    assert.deepEqual(body()?.dates, { from: '2026-12-01', until: '2027-01-06' });
    assert.deepEqual(body()?.week[6], [{ fromMinute: 540, toMinute: 1_020 }]);
    const read = async () =>
      (await ask('GET', '/api/schedule/get')).data.item?.find(({ ID }) => ID === '1500');
    const shown = await read();
    assert.deepEqual(
      [shown?.['Type'], shown?.['DateStart'], shown?.['DateEnd'], shown?.['Week'], shown?.['SourceType']],
      ['0', '20261201', '20270106', '1234567', '1'],
    );
    assert.equal((await post('schedule', 'set', { item: [{ ...shown, Week: '67' }] })).retcode, 0);
    assert.deepEqual([body()?.week[0], body()?.dates?.until], [[], '2027-01-06']);
    assert.equal((await post('schedule', 'set', { item: [{ ...(await read()), Type: '1' }] })).retcode, 0);
    assert.deepEqual([body()?.dates, (await read())?.['DateStart']], [undefined, '']);
  });
});
