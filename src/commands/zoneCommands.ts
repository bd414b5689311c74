/** `sallyport zone`: what is done with zones beside their settings. */
import type { Command } from 'commander';
import { type Desk, id, list, momentOf, on, part, say, tell } from './desk.js';
import type { Columns } from './show.js';

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
    const path = key === 'all' ? '/api/v1/zone-operations/clear' : `${of(key)}/clear`;
    const body =
      given['group'] === undefined
        ? { users: users.length === 0 ? 'all' : users }
        : { group: given['group'] };
    say(terminal, given, (await local.ask({ method: 'POST', path, body })).body);
  })
    .description('forget who is inside: the named users, or everybody')
    .argument('<id>', 'or all')
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
  addPlaces(desk, zone, of);
}

/** Users put somewhere by hand, alarms, counts, and the usual pairs of readers. */
function addPlaces(desk: Desk, zone: Command, of: (key: string | undefined) => string): void {
  on(desk, zone.command('assign'), async (local, given, terminal, [key, user, place]) => {
    await local.ask({ method: 'POST', path: `${of(key)}/assign`, body: { user, place } });
    tell(terminal, given, `zone ${key}: ${user} is ${place}`);
  })
    .description('put a user inside or outside by hand')
    .argument('<id>')
    .argument('<user>')
    .argument('<place>', 'inside or outside');
  on(desk, zone.command('alarm'), async (local, given, terminal, [key]) => {
    const body = { alarmed: given['end'] !== true };
    const { body: answer } = await local.ask({ method: 'POST', path: `${of(key)}/alarm`, body });
    tell(terminal, given, `zone ${key}: alarm ${body.alarmed ? 'set' : 'ended'}`, answer);
  })
    .description('set its alarm, or end it')
    .argument('<id>')
    .option('--end', 'end it');
  on(desk, zone.command('violations'), (local, given, terminal, [key]) =>
    list(local, `${of(key)}/violations?limit=1000`, given, terminal, [
      ['SEQ', (row) => row['seq']],
      ['AT', (row) => row['at']],
      ['USER', (row) => row['user']],
      ['NAME', (row) => row['userName']],
      ['READER', (row) => row['reader']],
    ]),
  )
    .description('since its alarm was last ended, newest first')
    .argument('<id>');
  on(desk, zone.command('occupancy'), async (local, given, terminal, [key]) => {
    const minutes = Number(given['minutes']);
    const query = `fromMs=${momentOf('from', String(given['from']))}&stepMs=${minutes * 60_000}`;
    const path = `${of(key)}/occupancy?${query}&steps=${part(String(given['steps']))}`;
    say(terminal, given, (await local.ask({ method: 'GET', path })).body);
  })
    .description('how many were inside, step by step')
    .argument('<id>')
    .requiredOption('--from <time>', 'for instance 2026-03-01T08:00:00Z')
    .option('--minutes <count>', 'of one step', '60')
    .option('--steps <count>', 'how many', '24');
  on(desk, zone.command('preset'), async (local, given, terminal, [preset, word, ...readers]) => {
    const body = { preset, name: word, readers, type: given['type'] };
    say(
      terminal,
      given,
      (await local.ask({ method: 'POST', path: '/api/v1/zone-operations/preset', body })).body,
    );
  })
    .description('make the zones of a usual pairing: who is left of the colon enters, who is right leaves')
    .argument('<preset>', '"(1:2);(3:4)", "(1,3):(2,4)", "1:(2,3)" or "1:(2,3,4)"')
    .argument('<name>')
    .argument('<reader...>', 'readers 1 to 4, in that order')
    .option('--type <type>', 'hard or soft', 'hard');
}
