import assert from 'node:assert/strict';
import { denyReasons } from '../../src/core/decision.js';
import type { Reader, Zone } from '../../src/core/model.js';
import { play } from '../site/play.js';
import type { Scene } from '../site/scene.js';
import { EVERYWHERE, membersOf, standing, withContact, zoneOf } from '../site/scene.js';

const day = [{ fromMinute: 540, toMinute: 1_020 }];
const office = { id: 'office', name: 'office', week: Array.from({ length: 7 }, () => day), holidays: {} };
const inOffice = {
  id: 'office-hours',
  name: 'office hours',
  doors: [{ door: 'lobby', schedule: 'office' }],
};
const rights: Partial<Scene> = {
  schedules: [office],
  accessRights: [inOffice],
  groups: [{ id: 'staff', name: 'staff', accessRights: ['office-hours'] }],
};
const midday = Date.UTC(2026, 2, 2, 12);

const wanting = (asks: NonNullable<Reader['asks']>): readonly Reader[] => [
  { id: 'lobby-in', name: 'in', door: 'lobby', direction: 'entry', asks },
];

/** One line for every reason the core can refuse for: each is the whole story of its scene. */
const stories: Readonly<Record<string, readonly [Scene, string]>> = {
  'unknown-credential': [
    standing({ full: true }),
    '08:00:00 swipe stranger lobby-in -> denied unknown-credential',
  ],
  'credential-disabled': [
    standing({ users: { ann: { credentialEnabled: false } } }),
    '08:00:00 swipe ann lobby-in -> denied credential-disabled',
  ],
  'credential-used-up': [
    standing({ users: { ann: { credential: { id: 'c', usesLeft: 0 } } } }),
    '08:00:00 swipe ann lobby-in -> denied credential-used-up',
  ],
  'user-disabled': [
    standing({ users: { ann: { enabled: false } } }),
    '08:00:00 swipe ann lobby-in -> denied user-disabled',
  ],
  'not-yet-valid': [
    standing({ users: { ann: { validFromMs: midday } } }),
    `11:59:59.999 swipe ann lobby-in -> denied not-yet-valid
     12:00:00 swipe ann lobby-in -> unlock lobby; granted`,
  ],
  expired: [
    standing({ users: { ann: { validUntilMs: midday } } }),
    `11:59:59.999 swipe ann lobby-in -> unlock lobby; granted
     12:00:00 swipe ann lobby-out -> denied expired`,
  ],
  'clock-untrusted': [
    standing({ trust: 'saved', users: { ann: { validUntilMs: midday } } }),
    `08:00:00 swipe ann lobby-in -> denied clock-untrusted
     08:00:01 swipe bob lobby-in -> unlock lobby; granted
     08:00:02 trust rtc -> clock 08:00:02
     08:00:03 swipe ann lobby-in -> granted`,
  ],
  'reader-locked-out': [
    standing(),
    `08:00:00 swipe stranger lobby-in -> denied unknown-credential
     08:00:01 swipe stranger lobby-in -> denied unknown-credential
     08:00:02 swipe stranger lobby-in -> denied unknown-credential
     08:00:03 swipe stranger lobby-in -> denied unknown-credential
     08:00:04 swipe stranger lobby-in -> denied unknown-credential; locked-out lobby-in
     08:00:05 swipe stranger lobby-in -> denied reader-locked-out`,
  ],
  'wrong-facility': [
    standing(),
    `08:00:00 swipe stranger lobby-in card wrong-facility -> denied wrong-facility
     08:00:01 swipe stranger lobby-in card wrong-facility -> denied wrong-facility
     08:00:02 swipe stranger lobby-in card wrong-facility -> denied wrong-facility
     08:00:03 swipe stranger lobby-in card wrong-facility -> denied wrong-facility
     08:00:04 swipe stranger lobby-in card wrong-facility -> denied wrong-facility; locked-out lobby-in
     08:00:05 swipe stranger lobby-in -> denied reader-locked-out
     08:00:06 swipe ann lobby-in -> unlock lobby; granted`,
  ],
  'pin-not-accepted': [
    standing({ readers: wanting('card') }),
    '08:00:00 swipe ann lobby-in pin -> denied pin-not-accepted',
  ],
  'pin-missing': [
    standing({ readers: wanting('card-and-pin') }),
    `08:00:00 swipe ann lobby-in -> nothing
     08:00:15 tick -> denied pin-missing`,
  ],
  'wrong-pin': [
    standing({ readers: wanting('card-and-pin') }),
    `08:00:00 swipe ann lobby-in -> nothing
     08:00:02 swipe bob lobby-in pin -> denied wrong-pin`,
  ],
  interlock: [
    standing({ zones: [], interlocks: [{ id: 'airlock', doors: ['lobby', 'garage'] }] }),
    `08:00:00 swipe ann lobby-in -> unlock lobby; granted
     08:00:01 swipe bob garage-in -> denied interlock
     08:00:05 tick -> lock lobby
     08:00:06 swipe bob garage-in -> unlock garage; granted`,
  ],
  'no-access-right': [
    standing({ ...rights, users: { ann: { accessRights: ['office-hours', 'gone'], groups: ['gone'] } } }),
    '10:00:00 swipe ann garage-in -> denied no-access-right',
  ],
  'outside-schedule': [
    standing({ ...rights, users: { ann: { accessRights: [], groups: ['staff'] } } }),
    `08:59:59 swipe ann lobby-in -> denied outside-schedule
     09:00:00 swipe ann lobby-in -> unlock lobby; granted
     17:00:00 swipe ann lobby-out -> denied outside-schedule`,
  ],
  'door-locked': [
    standing(),
    `08:00:00 lock lobby -> nothing
     08:00:01 swipe ann lobby-in -> denied door-locked`,
  ],
  passback: [
    standing({ seen: ['ann in 07:00:00'], full: true }),
    '08:00:00 swipe ann lobby-in -> denied passback; violation hq hard; zone-alarm-on hq',
  ],
  'passback-pending': [
    standing({ lobby: withContact }),
    `08:00:00 swipe ann lobby-in -> unlock lobby; granted
     08:00:01 swipe ann garage-in -> denied passback-pending`,
  ],
  'too-many-pending': [
    standing({ lobby: withContact }),
    `${Array.from({ length: 500 }, (_, i) => `08:00:00 swipe user-${i} lobby-in -> ${i === 0 ? 'unlock lobby; ' : ''}granted`).join('\n')}
     08:00:01 swipe ann lobby-in -> denied too-many-pending`,
  ],
  'storage-failed': [
    standing(),
    `08:00:00 storage down -> storage-failed
     08:00:01 swipe ann lobby-in -> denied storage-failed`,
  ],
  'unknown-door': [standing(), '08:00:00 http ann cellar none -> denied unknown-door'],
  'unknown-reader': [
    standing(),
    `08:00:00 swipe ann cellar-in -> denied unknown-reader
     08:00:01 http ann lobby none unknown-reader -> denied unknown-reader`,
  ],
  'unknown-zone': [
    standing({ full: true }),
    `08:00:00 clear ann cellar -> denied unknown-zone; zone-cleared zone 4000000000
     08:00:01 alarm cellar on -> denied unknown-zone`,
  ],
  'lower-priority': [
    standing(),
    `08:00:00 lock lobby emergency -> nothing
     08:00:01 release lobby -> denied lower-priority`,
  ],
  'fire-active': [
    standing(),
    `08:00:00 fire on -> unlock lobby; unlock garage
     08:00:01 fire reset -> denied fire-active`,
  ],
  'no-code': [standing(), '08:00:00 http stranger lobby lobby-in no-code -> denied no-code'],
  'bad-mode': [standing(), '08:00:00 http ann lobby none bad-mode -> denied bad-mode'],
  'source-not-allowed': [
    standing(),
    '08:00:00 http ann lobby lobby-in source-not-allowed -> denied source-not-allowed',
  ],
};

describe('refusals: every reason the core gives', () => {
  for (const [reason, [scene, lines]] of Object.entries(stories)) {
    it(reason, () => {
      play(scene, lines);
    });
  }

  it('no reason is missing here but those of the edges', () => {
    const ofTheEdges = ['relay-failed', 'not-ready'];
    // Their stories stand in antipassback/.
    const ofZones = ['passback-blocked', 'tailgate', 'not-in-outer-zone', 'still-in-inner-zone'];
    const ofPlaces = ['zone-locked-down', 'zone-owner-unreachable', 'occupancy-max', 'supervisor-first'];
    const ofCompany = ['waiting-for-company', 'no-company'];
    const elsewhere = [...ofTheEdges, ...ofZones, ...ofPlaces, ...ofCompany];
    assert.deepEqual([...Object.keys(stories), ...elsewhere].sort(), [...denyReasons].sort());
  });
});

describe('refusals: what comes first', () => {
  it('a refusal for another reason touches no record and is no violation', () => {
    play(
      standing({ users: { ann: { enabled: false } }, seen: ['ann in 07:00:00'], full: true }),
      `
      08:00:00 swipe ann lobby-in -> denied user-disabled
      08:00:01 where ann -> hq since 07:00:00 by lobby-in
      08:00:02 swipe stranger lobby-in -> denied unknown-credential
      `,
    );
  });

  it('under an untrusted clock a right at any time still counts, a timed one only where the site says so', () => {
    const scene = standing({ ...rights, trust: 'unset' });
    const timed = {
      ann: { accessRights: ['office-hours'] },
      bob: { accessRights: ['office-hours', EVERYWHERE] },
    };
    play(
      { ...scene, users: timed },
      `
      10:00:00 swipe ann lobby-in -> denied clock-untrusted
      10:00:01 swipe bob lobby-in -> unlock lobby; granted
      `,
    );
    play(
      { ...scene, users: { ...timed, eve: { validFromMs: midday } }, untrustedClock: 'allow' },
      `
      10:00:00 swipe ann lobby-in -> unlock lobby; granted
      10:01:00 swipe eve lobby-in -> unlock lobby; granted
      `,
    );
  });

  it('a right that never holds needs no clock to refuse', () => {
    const never = { id: 'never-here', name: 'never', doors: [{ door: 'lobby', schedule: 'never' }] };
    play(
      standing({ accessRights: [never], trust: 'unset', users: { ann: { accessRights: ['never-here'] } } }),
      '10:00:00 swipe ann lobby-in -> denied outside-schedule',
    );
  });

  it('several zones are judged on one snapshot: one hard violation, and no zone changes or reports a soft one', () => {
    const inner: Zone = zoneOf({
      id: 2,
      name: 'lab',
      type: 'soft',
      members: membersOf('lobby-in', 'lobby-out'),
    });
    play(
      standing({ zones: [zoneOf(), inner], seen: ['ann in 07:00:00'], full: true }),
      `
      08:00:00 swipe ann garage-out -> unlock garage; granted; unlocked garage
      08:00:10 swipe ann lobby-in -> unlock lobby; granted; unlocked lobby
      08:00:20 where ann -> hq since 08:00:10 by lobby-in; lab since 08:00:10 by lobby-in
      08:00:30 swipe ann lobby-in -> denied passback; violation hq hard; zone-alarm-on hq
      08:00:40 where ann -> hq since 08:00:10 by lobby-in; lab since 08:00:10 by lobby-in
      08:00:50 swipe ann lobby-in -> denied passback; violation hq hard
      `,
    );
  });

  it('a soft violation raises the alarm, once', () => {
    play(
      standing({ zone: { type: 'soft' }, seen: ['ann in 07:00:00'], full: true }),
      `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted; passback-detected; zone-alarm-on hq; unlocked lobby
      08:00:10 swipe ann lobby-in -> unlock lobby; granted; passback-detected; unlocked lobby
      `,
    );
  });

  it('an alarm bars nobody; releasing it and clearing a user are two acts', () => {
    play(
      standing({ seen: ['ann in 07:00:00'], full: true }),
      `
      08:00:00 swipe ann lobby-in -> denied passback; violation hq hard; zone-alarm-on hq
      08:00:01 crash -> started
      08:00:02 swipe ann lobby-in -> denied passback; violation hq hard
      08:00:03 alarm hq off -> zone-alarm-off hq; done
      08:00:04 alarm hq off -> done
      08:00:05 swipe ann lobby-in -> denied passback; violation hq hard; zone-alarm-on hq
      08:00:06 clear ann hq -> zone-cleared hq; forgotten 1
      08:00:07 swipe ann lobby-in -> unlock lobby; granted; unlocked lobby
      08:00:08 alarm hq off -> zone-alarm-off hq; done
      08:00:09 alarm hq on -> zone-alarm-on hq; done
      08:00:10 crash -> started
      08:00:11 alarm hq on -> done
      `,
    );
  });
});

describe('lockout and noise', () => {
  const five = (reader: string, minute: string) =>
    [0, 1, 2, 3]
      .map((s) => `${minute}:0${s} swipe stranger ${reader} -> denied unknown-credential`)
      .concat(`${minute}:04 swipe stranger ${reader} -> denied unknown-credential; locked-out ${reader}`)
      .join('\n');

  it('five in 30 s close the reader to PINs and unknown cards for 30 s; known cards, REX, other readers pass', () => {
    play(
      standing(),
      `
      ${five('lobby-in', '08:00')}
      08:00:05 swipe ann lobby-in pin -> denied reader-locked-out
      08:00:06 swipe ann lobby-in -> unlock lobby; granted
      08:00:07 swipe stranger garage-in -> denied unknown-credential
      08:00:08 swipe bob garage-in pin -> unlock garage; granted
      08:00:09 rex lobby -> note passback-blind hq
      08:00:33.999 swipe stranger lobby-in -> denied reader-locked-out
      08:00:34 swipe stranger lobby-in -> denied unknown-credential
      `,
    );
  });

  it('five in more than 30 s do not', () => {
    play(
      standing(),
      `
      08:00:00 swipe stranger lobby-in -> denied unknown-credential
      08:00:10 swipe stranger lobby-in -> denied unknown-credential
      08:00:20 swipe stranger lobby-in -> denied unknown-credential
      08:00:25 swipe stranger lobby-in -> denied unknown-credential
      08:00:30 swipe stranger lobby-in -> denied unknown-credential
      08:00:39.999 swipe stranger lobby-in -> denied unknown-credential; locked-out lobby-in
      `,
    );
  });

  it('not shortened by a crash, a reboot or a clock step', () => {
    play(
      standing(),
      `
      ${five('lobby-in', '08:00')}
      08:00:10 crash -> nothing
      08:00:11 clock-step +1h -> clock 09:00:11
      09:00:33.999 swipe stranger lobby-in -> denied reader-locked-out
      09:00:34 swipe stranger lobby-in -> denied unknown-credential
      ${five('garage-in', '09:01')}
      09:01:10 reboot -> nothing
      09:01:39.999 swipe stranger garage-in -> denied reader-locked-out
      09:01:40 swipe stranger garage-in -> denied unknown-credential
      09:01:41 crash -> nothing
      09:01:42 swipe stranger garage-in -> denied unknown-credential
      `,
    );
  });

  it('a source is locked out as a source, wherever it asks', () => {
    const lines = [0, 1, 2, 3].map(
      (s) => `08:00:0${s} http stranger lobby none -> denied unknown-credential`,
    );
    play(
      standing(),
      `
      ${lines.join('\n')}
      08:00:04 http stranger lobby none -> denied unknown-credential; locked-out lobby
      08:00:05 http stranger garage garage-in -> denied reader-locked-out
      08:00:06 swipe stranger lobby-in -> denied unknown-credential
      `,
    );
  });

  it('a flood of noise is ten rows and a sum', () => {
    play(
      standing(),
      `
      08:00:00 noise lobby-in parity 25 -> ${Array(10).fill('unreadable parity').join('; ')}
      08:00:00.999 tick -> nothing
      08:00:01 tick -> flood 15
      08:00:02 tick -> nothing
      08:00:02 noise lobby-in length -> unreadable length
      08:00:03 tick -> nothing
      `,
    );
  });

  it('a storm of unknown cards is summed too; somebody waiting for an answer always gets it', () => {
    const storm = Array.from({ length: 12 }, (_, i) => {
      const first = i < 4 ? 'denied unknown-credential' : 'denied reader-locked-out';
      const told = i === 4 ? 'denied unknown-credential; locked-out lobby-in' : first;
      return `08:00:00 swipe stranger lobby-in -> ${i < 10 ? told : 'nothing'}`;
    });
    play(
      standing(),
      `
      ${storm.join('\n')}
      08:00:00 http stranger lobby lobby-in -> denied unknown-credential
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:00:01 tick -> flood 2
      `,
    );
  });
});

describe('what else leaves a row', () => {
  it('each once', () => {
    play(
      standing({ full: true }),
      `
      08:00:00 tamper lobby-in on -> tamper-on lobby-in
      08:00:01 tamper lobby-in off -> tamper-off lobby-in
      08:00:01 learn lobby-in armed -> learn-armed
      08:00:01 learn lobby-in stopped -> learn-stopped
      08:00:01 learn lobby-in read -> card-learned
      08:00:02 broken output lobby -> output-failed lobby
      08:00:03 broken input reader-1-d0 -> input-fault reader-1-d0
      08:00:04 broken web thread -> web-restarted
      08:00:05 broken storage file -> storage-fault
      08:00:05 broken process all -> stopping
      08:00:06 storage down -> storage-failed
      08:00:07 storage up -> storage-recovered
      `,
    );
  });
});
