/** Kinds of things that are listed, shown, added, changed and deleted, each by the same five commands. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { type Desk, id, list, name, on, part, say, tell } from './desk.js';
import type { Local } from './local.js';
import { bodyOf, type Columns } from './show.js';

interface Resource {
  readonly word: string;
  readonly path: string;
  readonly columns: Columns;
  /** What its list can be narrowed by, as options: name, and what it says. */
  readonly filters?: readonly (readonly [key: string, description: string])[];
  /** As the site file has them: none is added or deleted. */
  readonly fixed?: true;
}

const column = (heading: string, key: string): Columns[number] => [heading, (row) => row[key]];
const enabled = column('ENABLED', 'enabled');
const byName = ['text', 'those whose name begins so'] as const;

const resources: readonly Resource[] = [
  {
    word: 'user',
    path: '/api/v1/users',
    columns: [id, name, enabled, column('GROUPS', 'groups'), column('NOTE', 'note')],
    filters: [byName],
  },
  {
    word: 'card',
    path: '/api/v1/credentials',
    columns: [
      id,
      column('USER', 'user'),
      column('KIND', 'kind'),
      column('LABEL', 'label'),
      column('FORMAT', 'format'),
      column('STATUS', 'status'),
    ],
    filters: [['user', 'those of this user']],
  },
  { word: 'group', path: '/api/v1/groups', columns: [id, name, column('RIGHTS', 'accessRights')] },
  { word: 'right', path: '/api/v1/access-rights', columns: [id, name, column('DOORS', 'doors')] },
  { word: 'schedule', path: '/api/v1/schedules', columns: [id, name] },
  { word: 'holiday', path: '/api/v1/holidays', columns: [id, column('KIND', 'kind'), name] },
  {
    word: 'door',
    path: '/api/v1/doors',
    fixed: true,
    columns: [
      id,
      name,
      ['LOCK', (row) => stateOf(row)['lock']],
      ['LEAF', (row) => stateOf(row)['leaf']],
      column('UNLOCK MS', 'unlockMs'),
      column('COUNTS', 'passageCounts'),
    ],
  },
  {
    word: 'zone',
    path: '/api/v1/zones',
    columns: [
      id,
      name,
      column('TYPE', 'type'),
      column('DISABLED', 'disabled'),
      column('RESET S', 'resetSeconds'),
    ],
  },
  {
    word: 'operator',
    path: '/api/v1/operators',
    columns: [id, name, column('ROLE', 'role'), column('DISABLED', 'disabled')],
  },
  {
    word: 'source',
    path: '/api/v1/sources',
    columns: [id, name, enabled, column('ADDRESSES', 'addresses'), column('DOORS', 'doors')],
  },
  {
    word: 'hook',
    path: '/api/v1/hooks',
    columns: [id, name, enabled, column('EVENTS', 'events'), column('URL', 'url')],
  },
];

function stateOf(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const state = row['state'];
  return typeof state === 'object' && state !== null ? (state as Readonly<Record<string, unknown>>) : {};
}

/** Adds them; each by its word, for what else it can do. */
export function addResources(desk: Desk): ReadonlyMap<string, Command> {
  return new Map(resources.map((resource) => [resource.word, resourceCommand(desk, resource)]));
}

const secretOption = [
  '--secret <field=file...>',
  'a field whose value is the first line of a file, - of the input: what others must not see in the list of processes',
] as const;

function resourceCommand(desk: Desk, { word, path, columns, filters = [], fixed }: Resource): Command {
  const verbs = fixed === true ? 'list, show and set' : 'list, show, add, set and delete';
  const command = desk.program.command(word).description(`${verbs}: ${word}`);
  const single = (key: string | undefined): string => `${path}/${part(key)}`;
  const tagOf = async (local: Local, key: string | undefined): Promise<string> =>
    (await local.ask({ method: 'GET', path: single(key) })).etag ?? '*';
  const listing = on(desk, command.command('list'), (local, given, terminal) => {
    const query = filters.flatMap(([key]) =>
      given[key] === undefined ? [] : `&${key}=${part(String(given[key]))}`,
    );
    return list(
      local,
      fixed === true ? `${path}?` : `${path}?limit=500${query.join('')}`,
      given,
      terminal,
      columns,
    );
  }).description('all of them');
  for (const [key, description] of filters) listing.option(`--${key} <${key}>`, description);
  on(desk, command.command('show'), async (local, given, terminal, [key]) =>
    say(terminal, given, (await local.ask({ method: 'GET', path: single(key) })).body),
  ).argument('<id>');
  on(desk, command.command('set'), async (local, given, terminal, [key, ...pairs]) => {
    const body = { ...bodyOf(pairs), ...secretsOf(given['secret']) };
    const asked = { method: 'PATCH', path: single(key), body, ifMatch: await tagOf(local, key) } as const;
    say(terminal, given, (await local.ask(asked)).body);
  })
    .argument('<id>')
    .argument('[field=value...]', 'null takes an optional field away')
    .option(...secretOption);
  if (fixed === true) return command;
  on(desk, command.command('add'), async (local, given, terminal, pairs) => {
    const body = { ...bodyOf(pairs), ...secretsOf(given['secret']) };
    say(terminal, given, (await local.ask({ method: 'POST', path, body })).body);
  })
    .argument('[field=value...]', 'JSON where it is JSON: groups=["staff"]')
    .option(...secretOption);
  on(desk, command.command('delete'), async (local, given, terminal, [key]) => {
    await local.ask({ method: 'DELETE', path: single(key), ifMatch: await tagOf(local, key) });
    tell(terminal, given, `${word} ${key} deleted`);
  }).argument('<id>');
  return command;
}

function secretsOf(pairs: unknown): Readonly<Record<string, string>> {
  const files = Array.isArray(pairs) ? pairs.map(String) : [];
  return Object.fromEntries(
    files.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new Error(`--secret ${pair}: write it as field=file`);
      const file = pair.slice(at + 1);
      return [pair.slice(0, at), readFileSync(file === '-' ? 0 : file, 'utf8').split(/\r?\n/)[0] ?? ''];
    }),
  );
}
