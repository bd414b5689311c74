import { play } from '../../site/play.js';
import { membersOf, standing, zoneOf } from '../../site/scene.js';

const daily = (minute: number, more: object = {}) => ({
  dailyReset: { minute, to: 'unknown' as const, ...more },
});

describe('anti-passback, forgiving: A17 to A21', () => {
  it('A17 forgive: active restrictions are shown and cleared, one user, a list, everywhere', () => {
    play(
      standing({ seen: ['ann in 08:00:00'] }),
      `
      08:01:00 restrictions ann -> hq in 08:00:00 lobby-in
      08:02:00 clear ann,bob hq -> forgotten 1
      08:03:00 restrictions ann -> none
      08:04:00 swipe ann lobby-in -> unlock lobby; granted
      08:05:00 clear ann everywhere -> forgotten 1
      08:06:00 clearall everywhere -> forgotten 0
      `,
    );
  });

  it('A18 free pass: after forgetting, the next read at any side defines the side', () => {
    play(
      standing({ seen: ['ann in 08:00:00'] }),
      `
      08:01:00 clearall hq -> forgotten 1
      08:02:00 swipe ann lobby-in -> unlock lobby; granted
      08:03:00 swipe ann lobby-in -> denied passback
      `,
    );
  });

  it('A19 daily reset: at the time all become unknown', () => {
    play(
      standing({ zone: daily(240) }),
      `
      22:00:00 swipe ann lobby-in -> unlock lobby; granted
      +1d 03:59:59 swipe ann lobby-in -> denied passback
      +1d 04:00:00 tick -> reset hq daily; forgotten 1
      +1d 08:00:00 swipe ann lobby-in -> unlock lobby; granted
      +2d 04:00:00 tick -> reset hq daily; forgotten 1
      `,
    );
  });

  it('A19 to outside: whoever stayed in is refused at the next exit', () => {
    play(
      standing({ zone: { dailyReset: { minute: 240, to: 'outside' } } }),
      `
      22:00:00 swipe ann lobby-in -> unlock lobby; granted
      +1d 04:00:00 tick -> reset hq daily; forgotten 1
      +1d 08:00:00 swipe ann lobby-out -> denied passback
      +1d 08:00:01 swipe ann lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('A19 for a group, also for whoever was put inside by hand', () => {
    play(
      standing({
        zone: daily(240, { groups: ['cleaners'] }),
        users: { sue: { groups: ['cleaners'] } },
      }),
      `
      22:00:00 assign sue hq -> sue in hq
      22:00:01 assign ann hq -> ann in hq
      +1d 04:00:00 tick -> reset hq daily; forgotten 1
      +1d 04:00:01 where ann -> hq since 22:00:01 by hand
      +1d 08:00:00 swipe sue lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('A19 for a group: the others keep their places', () => {
    const users = { sue: { groups: ['cleaners'] }, eve: { groups: ['cleaners', 'guests'] } };
    play(
      standing({ zone: daily(240, { groups: ['cleaners'] }), users }),
      `
      22:00:00 swipe ann lobby-in -> unlock lobby; granted
      22:00:01 swipe sue lobby-in -> granted
      22:00:02 swipe eve lobby-in -> granted
      22:00:03 crash -> nothing
      +1d 04:00:00 tick -> reset hq daily; forgotten 2
      +1d 04:00:01 where ann -> hq since 22:00:00 by lobby-in
      +1d 04:00:01 where sue -> unknown
      `,
    );
    play(
      standing({ zone: { dailyReset: { minute: 240, to: 'outside', groups: ['cleaners'] } }, users }),
      `
      22:00:00 swipe ann lobby-in -> unlock lobby; granted
      22:00:01 swipe sue lobby-in -> granted
      +1d 04:00:00 tick -> reset hq daily; forgotten 1
      +1d 08:00:00 swipe sue lobby-out -> denied passback
      +1d 08:00:01 swipe ann lobby-out -> unlock lobby; granted
      `,
    );
  });

  it('A19 where others lie in the zone, the reset is a free pass, not never seen', () => {
    const lab = zoneOf({ id: 2, name: 'lab', inside: 1, members: membersOf('garage-in', 'garage-out') });
    const hq = zoneOf({ members: membersOf('lobby-in', 'lobby-out'), ...daily(240) });
    play(
      standing({ zones: [hq, lab] }),
      `
      22:00:00 swipe ann lobby-in -> unlock lobby; granted
      +1d 04:00:00 tick -> reset hq daily; forgotten 1
      +1d 08:00:00 swipe ann garage-in -> unlock garage; granted
      +1d 08:00:01 swipe bob garage-in -> denied not-in-outer-zone
      `,
    );
  });

  it('A20 interval reset: every N minutes all records are forgotten', () => {
    play(
      standing({ zone: { resetEveryMinutes: 30 } }),
      `
      08:00:00 tick -> reset hq interval; forgotten 0
      08:10:00 swipe ann lobby-in -> unlock lobby; granted
      08:29:59 swipe ann lobby-in -> denied passback
      08:30:00 tick -> reset hq interval; forgotten 1
      08:30:01 swipe ann lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('A21 exempt: users and groups never refused, always tracked', () => {
    const zone = { bypassGroups: ['guards'], bypassUsers: ['ann'] };
    play(
      standing({
        zone,
        users: { sue: { groups: ['guards'] } },
        seen: ['sue in 08:00:00', 'ann in 08:00:00'],
      }),
      `
      08:01:00 swipe sue lobby-in -> unlock lobby; granted; passback-exempt hq
      08:02:00 where sue -> hq since 08:01:00 by lobby-in
      08:03:00 swipe ann lobby-in -> unlock lobby; granted; passback-exempt hq
      08:04:00 replace zone hq bypassUsers=[] -> nothing
      08:05:00 swipe ann lobby-in -> denied passback
      `,
    );
  });
});

describe('scheduled resets and the clock: open case C9', () => {
  it('C9 a daily reset missed while off runs once at the start, and not again', () => {
    play(
      standing({ zone: daily(240) }),
      `
      22:00:00 swipe ann lobby-in -> unlock lobby; granted
      23:00:00 dies -> nothing
      +3d 09:00:00 reboot -> reset hq daily; forgotten 1
      +3d 09:00:01 swipe ann lobby-in -> unlock lobby; granted
      +3d 09:00:02 reboot -> nothing
      +3d 09:00:03 swipe ann lobby-in -> denied passback
      `,
    );
  });

  it('C9 an untrusted clock resets nothing; trusted again it runs once', () => {
    play(
      standing({ zone: daily(240), untrustedClock: 'allow' }),
      `
      03:00:00 swipe ann lobby-in -> unlock lobby; granted
      03:00:10 trust saved -> clock 03:00:10
      04:00:00 tick -> nothing
      05:00:00 swipe ann lobby-in -> denied passback
      05:01:00 trust ntp -> reset hq daily; forgotten 1; clock 05:01:00
      `,
    );
  });

  it('C9 a clock set back does not run it again, one set forward runs it once', () => {
    play(
      standing({ zone: daily(240) }),
      `
      05:00:00 swipe ann lobby-in -> unlock lobby; granted
      05:00:10 clock-step -2h -> clock 03:00:10
      04:00:00 tick -> nothing
      04:00:01 swipe ann lobby-in -> denied passback
      04:00:02 clock-step +24h -> reset hq daily; forgotten 1; clock 04:00:02
      +1d 04:00:03 swipe ann lobby-in -> unlock lobby; granted
      +1d 04:00:04 clock-step +400d -> reset hq daily; forgotten 1; clock 04:00:04
      `,
    );
  });

  it('C9 after a mark from a clock far ahead, the reset goes on', () => {
    play(
      standing({ zone: daily(240) }),
      `
      05:00:00 clock-step +400d -> reset hq daily; forgotten 0; clock 05:00:00
      +400d 05:00:01 swipe ann lobby-in -> unlock lobby; granted
      +400d 05:00:02 clock-step -399d -> clock 05:00:02
      +2d 04:00:00 tick -> reset hq daily; forgotten 1
      `,
    );
  });

  it('C9 02:30 that does not exist runs at 03:00, 02:30 that comes twice runs once', () => {
    const berlin = { timeZone: 'Europe/Berlin', zone: daily(150) };
    play(
      standing({ ...berlin, date: '2026-03-29' }),
      `
      01:00:00 swipe ann lobby-in -> unlock lobby; granted
      01:59:59 tick -> nothing
      03:00:00 tick -> reset hq daily; forgotten 1
      03:30:00 tick -> nothing
      `,
    );
    play(
      standing({ ...berlin, date: '2026-10-25' }),
      `
      01:00:00 swipe ann lobby-in -> unlock lobby; granted
      02:30:00+02:00 tick -> reset hq daily; forgotten 1
      02:40:00+02:00 swipe ann lobby-in -> unlock lobby; granted
      02:30:00+01:00 tick -> nothing
      02:40:00+01:00 swipe ann lobby-in -> denied passback
      `,
    );
  });

  it('C9 an interval runs on the monotonic clock; after an outage once, without catching up', () => {
    play(
      standing({ zone: { resetEveryMinutes: 30 } }),
      `
      08:00:00 tick -> reset hq interval; forgotten 0
      08:10:00 swipe ann lobby-in -> unlock lobby; granted
      08:20:00 clock-step +2h -> clock 10:20:00
      10:29:59 swipe ann lobby-in -> denied passback
      10:30:00 tick -> reset hq interval; forgotten 1
      10:40:00 swipe ann lobby-in -> unlock lobby; granted
      10:50:00 dies -> nothing
      14:00:00 reboot -> reset hq interval; forgotten 1
      14:00:01 swipe ann lobby-in -> unlock lobby; granted
      14:29:59 swipe ann lobby-in -> denied passback
      14:30:00 tick -> reset hq interval; forgotten 1
      `,
    );
  });

  it('C9 a reset that is given up begins anew when it is wanted again', () => {
    play(
      standing({ zone: { resetEveryMinutes: 30, ...daily(240) } }),
      `
      08:10:00 swipe ann lobby-in -> unlock lobby; granted
      08:10:01 replace zone hq resetEveryMinutes=60 -> nothing
      08:59:59 swipe ann lobby-in -> denied passback
      09:00:00 tick -> reset hq interval; forgotten 1
      09:00:01 replace zone hq resetEveryMinutes=null -> nothing
      09:00:02 delete zone hq -> nothing
      +1d 09:00:00 tick -> nothing
      `,
    );
    play(
      standing({ zone: daily(240) }),
      `
      05:00:00 swipe ann lobby-in -> unlock lobby; granted
      05:00:01 replace zone hq dailyReset=null -> nothing
      +1d 03:00:00 replace zone hq dailyReset={"minute":240,"to":"unknown"} -> nothing
      +1d 04:00:00 tick -> reset hq daily; forgotten 1
      `,
    );
  });
});
