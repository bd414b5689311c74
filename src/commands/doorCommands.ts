/** `sallyport door|reader|alarm|hook`: what is done with them beside their settings. */
import type { Command } from 'commander';
import { type Desk, id, list, name, on, part, say, tell } from './desk.js';

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
  on(desk, door.command('alarm'), async (local, given, terminal, [key, alarm]) => {
    await local.ask({ method: 'POST', path: `/api/v1/doors/${part(key)}/alarm`, body: { alarm } });
    tell(terminal, given, `door ${key}: alarm ${alarm}`);
  })
    .description('end its alarm, or set one that stands until it is ended')
    .argument('<id>')
    .argument('<alarm>', 'none, forced or held');
}

export function addReaders(desk: Desk): void {
  const reader = desk.program.command('reader').description('readers and their health');
  on(desk, reader.command('list'), (local, given, terminal) =>
    list(local, '/api/v1/readers?', given, terminal, [
      id,
      name,
      ['DOOR', (row) => row['door']],
      ['DIRECTION', (row) => row['direction']],
      ['HEALTH', (row) => row['health']],
    ]),
  ).description('all of them');
  showing(desk, reader, '/api/v1/readers');
}

/** `show <id>` of one that has no other settings. */
function showing(desk: Desk, command: Command, path: string): void {
  on(desk, command.command('show'), async (local, given, terminal, [key]) =>
    say(terminal, given, (await local.ask({ method: 'GET', path: `${path}/${part(key)}` })).body),
  ).argument('<id>');
}

export function addAlarms(desk: Desk): void {
  const alarm = desk.program.command('alarm').description('alarms: list, show, acknowledge');
  showing(desk, alarm, '/api/v1/alarms');
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
  on(desk, hook.command('drop'), async (local, given, terminal, [key, seq]) => {
    await local.ask({ method: 'DELETE', path: `${of(key)}/dead-letters/${part(seq)}` });
    tell(terminal, given, `dead letter ${seq} of ${key} is forgotten`);
  })
    .description('forget a dead letter')
    .argument('<id>')
    .argument('<seq>');
  on(desk, hook.command('states'), (local, given, terminal) =>
    list(local, '/api/v1/hook-states?', given, terminal, [
      ['HOOK', (row) => row['hook']],
      ['BEHIND', (row) => row['behind']],
      ['ATTEMPTS', (row) => row['attempts']],
      ['NEXT AT', (row) => row['nextAt']],
      ['LAST ERROR', (row) => row['lastError']],
      ['DEAD LETTERS', (row) => row['deadLetters']],
    ]),
  ).description('how far the deliveries of each have come, and what hinders them');
}
