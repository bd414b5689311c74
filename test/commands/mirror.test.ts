/** Every row of the API has its command, or a reason why not. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { localSocket } from '../../src/api/local.js';
import { addManagement } from '../../src/commands/manage.js';
import { type Edge, openEdge } from '../api/fakes.js';

/** One line for each command. FILE is a file, 1 an id, a word in capitals what stands for something. */
const lines = [
  ...['user', 'card', 'group', 'right', 'schedule', 'holiday', 'zone', 'operator', 'source', 'hook'].flatMap(
    (word) => [`${word} list`, `${word} show 1`, `${word} add id=1`, `${word} set 1 a=1`, `${word} delete 1`],
  ),
  ...[
    'user import FILE',
    'user export --out OUT',
    'user places 1',
    'card lookup 25/4822',
    'card take HANDLE 1',
  ],
  ...[
    'card enrol 1 --reader 1',
    'door list',
    'door show 1',
    'door set 1 a=1',
    'door release 1',
    'door lock 1',
  ],
  ...[
    'door unlock 1',
    'door normal 1',
    'door alarm 1 none',
    'zone clear 1',
    'zone clear all',
    'zone inside 1',
  ],
  ...['zone records 1', 'zone roll-call 1', 'zone roll-call 1 --csv', 'zone muster 1', 'zone lockdown 1'],
  ...['zone status', 'zone assign 1 1 inside', 'zone alarm 1 --end', 'zone violations 1'],
  ...[
    'zone occupancy 1 --from 2026-03-01T08:00:00Z',
    'zone preset 1:(2,3) Hall a b c',
    'reader list',
    'reader show 1',
  ],
  ...['alarm list', 'alarm show 1', 'alarm ack 1', 'hook test 1', 'hook states', 'hook dead-letters 1'],
  ...['hook retry 1 1', 'hook drop 1 1', 'log', 'backup list', 'backup make', 'backup fetch 1 --out COPY'],
  ...[
    'backup put FILE',
    'backup passphrase --file FILE',
    'backup settings keep=3',
    'backup restore 1 --file FILE',
  ],
  ...['status', 'status --doors', 'token list', 'token add name=x operator=1', 'token delete 1'],
  ...['certificate show', 'certificate set FILE FILE', 'certificate delete', 'explain 1 1', 'fire reset'],
];

/** What no command asks for by itself, and why; `sallyport api METHOD PATH` asks for it. */
const reasons: readonly (readonly [rows: RegExp, why: string])[] = [
  [
    /^PUT .*\/(users|groups|access-rights|schedules|holidays|doors|zones|sources|hooks|operators)\/\{id\}$/,
    'set changes fields',
  ],
  [/^\w+ .*\/(claim|login|logout|me|me\/password|session)$/, 'who may open the socket is logged in'],
  [/^\w+ .*\/osdp\b/, '`sallyport osdp`'],
  [/^\w+ .*\/mock\//, 'the mock board is played with from the page'],
  [
    /^POST .*\/zone-operations\/(add|delete|alarm)$/,
    'many at once, for other dialects: each one has its command',
  ],
  [/^GET .*\/events\/stream$/, 'log --follow, whose connection never ends'],
  [
    /^GET .*\/(event-counts|event-position|events\/\{seq\}\/proof)$/,
    'charts of the page; verify-log proves the log',
  ],
  [/^POST .*\/config\/check$/, 'check-config'],
  [/^GET .*\/(health|welcome|site|wiring|docs|openapi\.json|security\.txt)$/, 'documents'],
];

describe('the commands and the API', () => {
  let edge: Edge;
  let folder: string;
  let server: Server;
  const asked = new Set<string>();
  before(async () => {
    edge = await openEdge();
    folder = mkdtempSync(join(tmpdir(), 'sallyport-mirror-'));
    server = createServer((request, response) => {
      asked.add(`${request.method} ${(request.url ?? '').split('?')[0]}`);
      request.resume();
      request.on('end', () => {
        const [status, answer] = answerTo(request.method === 'POST', request.url ?? '');
        response.writeHead(status).end(answer);
      });
    });
    await new Promise<void>((resolve) => server.listen(join(folder, localSocket), resolve));
  });
  after(async () => {
    server.close();
    await edge.end();
    rmSync(folder, { recursive: true });
  });

  it('every row has its command, or a reason why not', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'a long enough passphrase\n');
    for (const [n, line] of lines.entries()) {
      const words = line.split(' ').map((word) => {
        if (word === 'FILE') return file;
        return word === 'OUT' || word === 'COPY' ? join(folder, `out-${n}`) : word;
      });
      const program = new Command('sallyport').exitOverride();
      const terminal = { out: () => undefined, wait: () => Promise.resolve() };
      addManagement({ program, terminal, data: ['--data <folder>', '', folder] });
      await program.parseAsync(words, { from: 'user' });
    }
    const paths = [...asked];
    const missing = edge.web.routes
      .map(({ method, path }) => `${method} ${path}`)
      .filter((one) => !paths.some((path) => new RegExp(`^${one.replace(/\{\w+\}/g, '[^/]+')}$`).test(path)));
    const unexplained = missing.filter((one) => !reasons.some(([rows]) => rows.test(one)));
    assert.deepEqual(unexplained, []);
    assert.deepEqual(
      reasons.filter(([rows]) => !missing.some((one) => rows.test(one))).map(([, why]) => why),
      [],
      'a reason for nothing',
    );
    const stray = paths.filter(
      (path) =>
        !edge.web.routes.some((row) =>
          new RegExp(`^${row.method} ${row.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
        ),
    );
    assert.deepEqual(stray, [], 'asked for, and no row of the API');
  });
});

/** As much of an answer as the commands need: what they wait for has come when they ask again. */
function answerTo(posted: boolean, url: string): readonly [status: number, text: string] {
  if (url.endsWith('.csv')) return [200, ''];
  if (url.includes('/learn')) return [200, JSON.stringify({ phase: posted ? 'armed' : 'read', bits: '1' })];
  const lines = { id: '1', lines: 0, done: 0, failed: 0, faults: [] };
  if (url.includes('/imports'))
    return [posted ? 202 : 200, JSON.stringify({ ...lines, state: posted ? 'writing' : 'done' })];
  return [200, JSON.stringify({ items: [], matches: [], checks: [] })];
}
