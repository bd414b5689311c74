/** `sallyport door|zone|reader|alarm|hook`: what is done with them beside their settings. */
import type { Command } from 'commander';
import { type Desk, id, list, name, on, part, say, tell } from './desk.js';
import type { Columns } from './show.js';

export function addDoorActs(desk: Desk, door: Command): void {
  for (const [command, description] of [
    ['release', 'open it for one pulse'],
    ['lock', 'lock it until told otherwise'],
    ['unlock', 'unlock it until told otherwise'],
    ['normal', 'end a standing lock or unlock'],
  ] as const) {
    on(desk, door.command(command), async (local, given, terminal, [key]) => {
      const { body } = await local.ask({ method: 'POST', path: `/api/v1/doors/${part(key)}/${command}` });
      tell(terminal, given, `door ${key}: ${command}`, body);
    })
      .description(description)
      .argument('<id>');
  }
}

const recordColumns: Columns = [
  ['USER', (row) => row['user']],
  ['NAME', (row) => row['userName']],
  ['SIDE', (row) => row['direction']],
  ['READER', (row) => row['reader']],
  ['AT', (row) => row['at']],
  ['MARKS', (row) => row['marks']],
];

export function addZoneActs(desk: Desk, zone: Command): void {
  const of = (key: string | undefined): string => `/api/v1/zones/${part(key)}`;
  on(desk, zone.command('clear'), async (local, given, terminal, [key, ...users]) => {
    const body =
      given['group'] === undefined
        ? { users: users.length === 0 ? 'all' : users }
        : { group: given['group'] };
    say(terminal, given, (await local.ask({ method: 'POST', path: `${of(key)}/clear`, body })).body);
  })
    .description('forget who is inside: the named users, or everybody')
    .argument('<id>')
    .argument('[user...]')
    .option('--group <id>', 'whoever is in this group, instead of users');
  on(desk, zone.command('inside'), (local, given, terminal, [key]) =>
    list(local, `${of(key)}/records?limit=500&side=entry`, given, terminal, recordColumns),
  )
    .description('who is inside, and since when')
    .argument('<id>');
  on(desk, zone.command('records'), (local, given, terminal, [key]) =>
    list(local, `${of(key)}/records?limit=500`, given, terminal, recordColumns),
  )
    .description('the last counted passage of each user')
    .argument('<id>');
  on(desk, zone.command('roll-call'), async (local, given, terminal, [key]) => {
    if (given['csv'] === true) return local.fetch(`${of(key)}/roll-call.csv`, process.stdout);
    return list(
      local,
      `${of(key)}/roll-call?limit=500&part=${part(String(given['part']))}`,
      given,
      terminal,
      [
        ['USER', (row) => row['user']],
        ['NAME', (row) => row['userName']],
        ['PLACE', (row) => row['place']],
        ['READER', (row) => row['reader']],
        ['SINCE', (row) => row['since']],
      ],
    );
  })
    .description('who is inside; missing, once a muster has begun')
    .argument('<id>')
    .option('--part <part>', 'inside, or safe for those at an assembly point', 'inside')
    .option('--csv', 'as CSV, everybody');
  for (const [word, description] of [
    ['muster', 'begin or end the assembly of whoever is inside'],
    ['lockdown', 'nobody may enter, anybody may leave; or end that'],
  ] as const) {
    on(desk, zone.command(word), async (local, given, terminal, [key]) => {
      const active = given['end'] !== true;
      await local.ask({ method: 'POST', path: `${of(key)}/${word}`, body: { active } });
      tell(terminal, given, `zone ${key}: ${word} ${active ? 'begun' : 'ended'}`);
    })
      .description(description)
      .argument('<id>')
      .option('--end', 'end it');
  }
  on(desk, zone.command('status'), (local, given, terminal) =>
    list(local, '/api/v1/zone-status?', given, terminal, [
      id,
      ['ALARMED', (row) => row['alarmed']],
      ['RECORDS', (row) => row['records']],
      ['INSIDE', (row) => row['inside']],
    ]),
  ).description('alarm and number of records of all zones');
}

export function addReaders(desk: Desk): void {
  on(
    desk,
    desk.program.command('reader').description('readers and their health').command('list'),
    (local, given, terminal) =>
      list(local, '/api/v1/readers?', given, terminal, [
        id,
        name,
        ['DOOR', (row) => row['door']],
        ['DIRECTION', (row) => row['direction']],
        ['HEALTH', (row) => row['health']],
      ]),
  );
}

export function addAlarms(desk: Desk): void {
  const alarm = desk.program.command('alarm').description('alarms: list, acknowledge');
  on(desk, alarm.command('list'), (local, given, terminal) =>
    list(local, `/api/v1/alarms?limit=500&state=${given['all'] === true ? 'all' : 'open'}`, given, terminal, [
      id,
      ['KIND', (row) => row['kind']],
      ['DOOR', (row) => row['door']],
      ['AT', (row) => row['at']],
      ['LASTS', (row) => row['active']],
      ['ACKNOWLEDGED', (row) => (row['acknowledged'] === undefined ? '' : 'yes')],
    ]),
  )
    .description('those that last or wait for somebody')
    .option('--all', 'all that are kept');
  on(desk, alarm.command('ack'), async (local, given, terminal, [key]) => {
    const body = given['note'] === undefined ? {} : { note: given['note'] };
    const { body: answer } = await local.ask({
      method: 'POST',
      path: `/api/v1/alarms/${part(key)}/acknowledge`,
      body,
    });
    tell(terminal, given, `alarm ${key} acknowledged`, answer);
  })
    .description('say that you have seen it')
    .argument('<id>')
    .option('--note <text>', 'kept with it');
}

export function addHookActs(desk: Desk, hook: Command): void {
  const of = (key: string | undefined): string => `/api/v1/hooks/${part(key)}`;
  on(desk, hook.command('test'), async (local, given, terminal, [key]) =>
    say(terminal, given, (await local.ask({ method: 'POST', path: `${of(key)}/test` })).body),
  )
    .description('send a test event now')
    .argument('<id>');
  on(desk, hook.command('dead-letters'), (local, given, terminal, [key]) =>
    list(local, `${of(key)}/dead-letters?limit=500`, given, terminal, [
      ['SEQ', (row) => row['seq']],
      ['AT', (row) => row['at']],
      ['ATTEMPTS', (row) => row['attempts']],
      ['ERROR', (row) => row['error']],
    ]),
  )
    .description('events that were given up')
    .argument('<id>');
  on(desk, hook.command('retry'), async (local, given, terminal, [key, seq]) =>
    say(
      terminal,
      given,
      (await local.ask({ method: 'POST', path: `${of(key)}/dead-letters/${part(seq)}/retry` })).body,
    ),
  )
    .description('try a dead letter once more')
    .argument('<id>')
    .argument('<seq>');
}
