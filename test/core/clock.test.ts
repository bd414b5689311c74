import { play } from '../site/play.js';
import { standing, withContact } from '../site/scene.js';

describe('anti-passback: the clock, C8 and C9', () => {
  const timed = standing({ zone: { resetSeconds: 3_600 }, seen: ['bob in 08:00:00'] });

  it('C8 a forward step expires nobody', () => {
    play(
      timed,
      `
      08:30:00 clock-step +2h -> clock 10:30:00
      10:31:00 swipe bob lobby-in -> denied passback
      11:00:00 swipe bob lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('C8 a backward step lengthens nothing', () => {
    play(
      timed,
      `
      08:30:00 clock-step -2h -> clock 06:30:00
      06:59:59 swipe bob lobby-in -> denied passback
      07:00:00 swipe bob lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('C8 steps of 50 years leave a pulse and a pending passage as long as they were', () => {
    play(
      standing({ lobby: withContact }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:02 clock-step +18262d -> clock 08:00:02
      +18262d 08:00:04.999 tick -> nothing
      +18262d 08:00:05 tick -> lock lobby; no-entry-after-grant ann
      `,
    );
  });

  it('C8 another boot, both stamps trusted: the wall difference counts', () => {
    play(
      timed,
      `
      08:30:00 reboot -> nothing
      08:59:59 swipe bob lobby-in -> denied passback
      09:00:00 swipe bob lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('C8 another boot, the wall difference is never below 0', () => {
    play(
      timed,
      `
      08:30:00 dies -> nothing
      08:30:00 reboot -> nothing
      08:30:00 clock-step -2h -> clock 06:30:00
      06:30:01 swipe bob lobby-in -> denied passback
      08:59:59 swipe bob lobby-in -> denied passback
      09:00:00 swipe bob lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('C8 another boot, clock untrusted now: only the running time since boot counts', () => {
    play(
      timed,
      `
      08:30:00 trust saved -> clock 08:30:00
      08:30:00 reboot -> nothing
      09:29:39 swipe bob lobby-in -> denied passback
      09:29:40 swipe bob lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('C8 another boot, the record untrusted: only the running time since boot counts', () => {
    play(
      standing({ zone: { resetSeconds: 3_600 }, trust: 'unset' }),
      `
      08:00:00 swipe bob lobby-in -> unlock lobby; granted
      08:30:00 reboot -> nothing
      08:30:01 trust ntp -> clock 08:30:01
      09:00:00 swipe bob lobby-in -> denied passback
      09:29:40 swipe bob lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('C8 the longest reset, 4,294,967,295 s, is neither early nor late', () => {
    play(
      standing({ zone: { resetSeconds: 4_294_967_295 }, seen: ['ann in 08:00:00'] }),
      `
      +25d 08:00:00 swipe ann lobby-in -> denied passback
      +49710d 14:28:14 swipe ann lobby-in -> denied passback
      +49710d 14:28:15 swipe ann lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('C8 a refused try does not extend the reset time, a success does', () => {
    play(
      standing({ zone: { resetSeconds: 3_600, type: 'soft' }, seen: ['ann in 08:00:00', 'bob in 08:00:00'] }),
      `
      08:30:00 swipe ann lobby-in -> unlock lobby; granted; passback-detected
      09:29:59 swipe ann lobby-in -> unlock lobby; granted; passback-detected
      09:30:00 replace zone hq type=hard -> nothing
      09:30:01 swipe ann lobby-in -> denied passback
      10:29:59 swipe ann lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('C8 timed and counted at the opening: the time runs from the opening', () => {
    play(
      standing({ lobby: withContact, zone: { resetSeconds: 60 } }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:04 opens lobby -> access-taken ann
      08:00:04.500 closes lobby -> lock lobby
      08:01:03 swipe ann lobby-in -> denied passback
      08:01:04 swipe ann lobby-in -> unlock lobby; granted
      `,
    );
  });
});

const week = Array.from({ length: 7 }, () => [{ fromMinute: 150, toMinute: 240 }]);
const early = { id: 'early', name: 'early', week, holidays: {} };

describe('the clock rules of C9, by the one thing that is scheduled so far: hold-open doors', () => {
  const berlin = standing({
    timeZone: 'Europe/Berlin',
    schedules: [early],
    lobby: { holdOpenSchedule: 'early' },
  });

  it('02:30 that does not exist is 03:00', () => {
    play(
      { ...berlin, date: '2026-03-29' },
      `
      01:59:59 tick -> nothing
      03:00:00 tick -> unlock lobby
      03:59:59 tick -> nothing
      04:00:00 tick -> lock lobby
      `,
    );
  });

  it('02:30 that comes twice counts once, at its first coming', () => {
    play(
      { ...berlin, date: '2026-10-25' },
      `
      02:29:59 tick -> nothing
      02:30:00 tick -> unlock lobby
      02:30:00+01:00 tick -> nothing
      04:00:00 tick -> lock lobby
      `,
    );
  });

  it('missed while off, it is made up for at the start', () => {
    play(
      { ...berlin, date: '2026-05-04' },
      `
      02:00:00 dies -> nothing
      03:15:00 reboot -> unlock lobby
      04:00:00 tick -> lock lobby
      `,
    );
  });

  it('an untrusted clock opens nothing; it opens as soon as the clock is trusted', () => {
    play(
      { ...berlin, date: '2026-05-04', trust: 'unset' },
      `
      02:30:00 tick -> nothing
      03:15:00 trust ntp -> unlock lobby; clock 03:15:00
      04:00:00 tick -> lock lobby
      `,
    );
  });

  it('a clock step moves the door to what the new time says', () => {
    play(
      { ...berlin, date: '2026-05-04' },
      `
      01:00:00 clock-step +2h -> unlock lobby; clock 03:00:00
      03:10:00 clock-step -1h -> lock lobby; clock 02:10:00
      02:30:00 tick -> unlock lobby
      `,
    );
  });
});
