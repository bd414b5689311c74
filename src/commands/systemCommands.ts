/** `sallyport status|token|certificate|explain|fire`: the controller itself, and who may ask it. */
import { readFileSync } from 'node:fs';
import { type Desk, id, list, momentOf, name, on, part, say, tell } from './desk.js';
import { bodyOf } from './show.js';

export function addSystem(desk: Desk): void {
  addStatus(desk);
  addTokens(desk);
  addCertificate(desk);
  on(desk, desk.program.command('explain'), async (local, given, terminal, [user, reader]) => {
    const at = given['at'] === undefined ? {} : { atMs: momentOf('at', String(given['at'])) };
    const body = { user, reader, ...at };
    const { body: answer } = await local.ask({ method: 'POST', path: '/api/v1/explain', body });
    const { checks, ...decision } = answer as {
      readonly checks: readonly Readonly<Record<string, unknown>>[];
    };
    if (given.json === true) return terminal.out(JSON.stringify(answer));
    say(terminal, given, {
      ...decision,
      ...Object.fromEntries(
        checks.map(({ check, answer: says, reason }) => [
          String(check),
          [says, reason].filter(Boolean).join(': '),
        ]),
      ),
    });
  })
    .description('would this user be let in at this reader, and why not? changes nothing')
    .argument('<user>')
    .argument('<reader>')
    .option('--at <time>', 'not now but then, for instance 2026-03-01T08:00:00Z');
  on(
    desk,
    desk.program.command('fire').description('the fire alarm').command('reset'),
    async (local, given, terminal) => {
      const { body } = await local.ask({ method: 'POST', path: '/api/v1/fire/reset' });
      tell(terminal, given, 'the fire alarm is reset', body);
    },
  ).description('lock again what the fire alarm opened, once it is over');
}

function addStatus(desk: Desk): void {
  on(desk, desk.program.command('status'), async (local, given, terminal) => {
    const path = given['doors'] === true ? '/api/v1/status' : '/api/v1/system';
    say(terminal, given, (await local.ask({ method: 'GET', path })).body);
  })
    .description('time and its trust, storage, threads, versions, warnings')
    .option('--doors', 'how doors and readers stand instead');
}

function addTokens(desk: Desk): void {
  const path = '/api/v1/tokens';
  const token = desk.program
    .command('token')
    .description('tokens for scripts and devices, and logins: list, add, delete');
  const column = (heading: string, key: string) =>
    [heading, (row: Readonly<Record<string, unknown>>) => row[key]] as const;
  on(desk, token.command('list'), (local, given, terminal) =>
    list(local, `${path}?limit=500`, given, terminal, [
      id,
      column('KIND', 'kind'),
      name,
      column('OPERATOR', 'operator'),
      column('ROLE', 'role'),
      column('SCOPES', 'scopes'),
      column('EXPIRES', 'expires'),
    ]),
  ).description('all of them');
  on(desk, token.command('add'), async (local, given, terminal, pairs) =>
    say(terminal, given, (await local.ask({ method: 'POST', path, body: bodyOf(pairs) })).body),
  )
    .description('make one for an operator; it is shown this once')
    .argument('[field=value...]', 'operator=olga name=script role=viewer days=30 scopes=["users:read"]');
  on(desk, token.command('delete'), async (local, given, terminal, [key]) => {
    await local.ask({ method: 'DELETE', path: `${path}/${part(key)}` });
    tell(terminal, given, `token ${key} is no more`);
  })
    .description('revoke one, or end a login')
    .argument('<id>');
}

function addCertificate(desk: Desk): void {
  const path = '/api/v1/certificate';
  const certificate = desk.program
    .command('certificate')
    .description('the certificate of HTTPS: show, set, delete');
  on(desk, certificate.command('show'), async (local, given, terminal) =>
    say(terminal, given, (await local.ask({ method: 'GET', path })).body),
  ).description('whose is served');
  on(desk, certificate.command('set'), async (local, given, terminal, [certFile = '', keyFile = '']) => {
    const body = { certificate: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
    const { etag = '*' } = await local.ask({ method: 'GET', path });
    say(terminal, given, (await local.ask({ method: 'PUT', path, body, ifMatch: etag })).body);
  })
    .description("serve with one of the installation's own authority, at once")
    .argument('<certificate>', 'PEM, with its chain')
    .argument('<key>', 'PEM');
  on(desk, certificate.command('delete'), async (local, given, terminal) => {
    const { etag = '*' } = await local.ask({ method: 'GET', path });
    await local.ask({ method: 'DELETE', path, ifMatch: etag });
    tell(terminal, given, "the unit's own certificate is served again");
  }).description("serve with the unit's own again");
}
