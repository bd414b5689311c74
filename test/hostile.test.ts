/**
 * The real product fed hostile input over every path a stranger or a broken device has: OpenDoor, the mock
 * readers, every body and every path of the management API. Nothing may open, nothing may break.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { connect } from 'node:net';
import type { MockLine } from '../src/core/requests.js';
import {
  hostileBodies,
  hostileParams,
  hostileValues,
  openDoorQueries,
  plain,
  presentBodies,
  rightQuery,
} from './api/hostileInput.js';
import {
  dropDataDir,
  eventually,
  newDataDir,
  type Product,
  sallyport,
  startProduct,
} from './site/product.js';

const replyMaxMs = 5_000;
const bobsNumber = 4823;
/** Rows that say a door was opened for somebody. */
const opening = new Set(['access-granted', 'door-released', 'unlocked', 'door-command']);

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Failing requests of one address that are all looked at: more within a minute would be turned away. */
const failuresEach = 400;
const home = '127.0.0.1';

/** One request as these very bytes (Latin-1) on a connection of its own; rejects when no answer comes in time. */
function exchange(product: Product, head: string, body: Buffer, localAddress: string): Promise<Answer> {
  const port = Number(new URL(product.url).port);
  return new Promise((resolve, reject) => {
    let reply = '';
    const said = () => {
      const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(reply)?.[1] ?? Number.NaN);
      const text = reply.slice(reply.indexOf('\r\n\r\n') + 4);
      if (Number.isNaN(status)) reject(new Error(`no answer to ${head.slice(0, 120)}`));
      else resolve({ status, text });
    };
    const socket = connect({ port, host: home, localAddress }, () => {
      socket.write(head, 'latin1');
      socket.write(body);
    });
    socket.setTimeout(replyMaxMs, () => socket.destroy());
    socket.on('data', (bytes) => {
      reply += bytes.toString('latin1');
    });
    // A refused flood is cut off while it is still being sent; what counts is whether an answer came.
    socket.on('error', () => undefined);
    socket.on('close', said);
  });
}

/** What must hold for every answer: refused or done, never broken. */
function checkAnswer({ status, text }: Answer, what: string): void {
  ok(status < 500, `${what}: ${status} ${text}`);
  ok(status !== 429, `${what}: turned away, so nothing was tested`);
}

async function kindsOf(product: Product): Promise<readonly string[]> {
  const kinds: string[] = [];
  for (let cursor = 0; ; ) {
    const path = `/api/v1/events?order=asc&limit=1000&after=${cursor}`;
    const { items } = (await product.api('GET', path)).body as { items: { seq: number; kind: string }[] };
    kinds.push(...items.map(({ kind }) => kind));
    const last = items.at(-1);
    if (last === undefined) return kinds;
    cursor = last.seq;
  }
}

const everActive = (lines: readonly MockLine[]) =>
  lines
    .filter(
      ({ line, active, history }) => /^relay/.test(line) && (active || history.some((one) => one.active)),
    )
    .map(({ line }) => line);

describe('hostile input to the running product', function () {
  this.timeout(30_000);
  let dataDir: string;
  let product: Product;
  let token: string;

  beforeEach(async () => {
    dataDir = newDataDir();
    product = await startProduct(dataDir);
    const claim = { code: product.claimCode, name: 'root', password: 'a long enough password' };
    const claimed = await product.api('POST', '/api/v1/claim', claim, 'none');
    token = (claimed.body as { token: string }).token;
  });
  afterEach(async () => {
    await product.kill('SIGKILL');
    dropDataDir(dataDir);
  });

  /** Nothing opened; a right card and a right request still do; the log is whole. */
  const checkUnharmed = async () => {
    deepEqual(everActive(await product.lines()), []);
    deepEqual(
      (await kindsOf(product)).filter((kind) => opening.has(kind)),
      [],
    );
    await product.present('lobby-in', bobsNumber);
    await eventually(
      () => kindsOf(product),
      (kinds) => kinds.includes('access-granted'),
    );
    const { text } = await openDoor(rightQuery);
    equal((JSON.parse(text) as { retcode: number }).retcode, 0, text);
    deepEqual(everActive(await product.lines()), ['relay1']);
    equal(
      (await kindsOf(product)).filter((kind) => kind === 'web-restarted').length,
      0,
      'the web thread never fell',
    );
    await product.kill('SIGTERM');
    const verified = await sallyport('verify-log', '--data', dataDir);
    equal(verified.code, 0, verified.text);
  };

  const openDoor = (query: string, path = '/fcgi/OpenDoor') => {
    const login = /-u (demo:\S+)/.exec(product.curl)?.[1] ?? '';
    const basic = Buffer.from(login).toString('base64');
    const head = `Host: x\r\nAuthorization: Basic ${basic}\r\nConnection: close`;
    return exchange(product, `GET ${path}?${query} HTTP/1.1\r\n${head}\r\n\r\n`, Buffer.alloc(0), home);
  };
  let asked = 0;
  const manage = (method: string, path: string, body: Buffer | string, more = '') => {
    const bytes = Buffer.from(body);
    const head = `Host: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\nIf-Match: *${more}`;
    const length = `Content-Type: application/json\r\nContent-Length: ${bytes.length}`;
    asked += 1;
    const from = `127.0.0.${2 + (Math.floor(asked / failuresEach) % 250)}`;
    return exchange(product, `${method} ${path} HTTP/1.1\r\n${head}\r\n${length}\r\n\r\n`, bytes, from);
  };

  it('OpenDoor opens for none of it', async () => {
    for (const query of openDoorQueries()) {
      const answer = await openDoor(query);
      checkAnswer(answer, query.slice(0, 200));
      ok([200, 400, 431].includes(answer.status), `${query.slice(0, 200)}: ${answer.status}`);
      if (answer.status !== 200) continue;
      const { retcode } = JSON.parse(answer.text) as { retcode: number };
      ok(retcode < 0, `${query.slice(0, 200)}: ${answer.text}`);
    }
    await checkUnharmed();
  });

  it('OpenDoor of the old form opens for none of it', async () => {
    equal((await manage('PATCH', '/api/v1/sources/demo', '{"legacyForm":true}')).status, 200);
    const password = /-u demo:(\S+)/.exec(product.curl)?.[1] ?? '';
    const login = `UserName=demo&Password=${password}`;
    // A malformed query is a wrong login there, and five of those close the address for a while.
    const readable = openDoorQueries().filter((query) => /^[\w=&%.-]{1,200}$/.test(query) && plain(query));
    ok(readable.length > 20, `${readable.length} queries`);
    for (const query of readable) {
      const answer = await openDoor(`${login}&${query}`, '/fcgi/do');
      checkAnswer(answer, query);
      ok(/value='-\d'/.test(answer.text), `${query}: ${answer.text}`);
    }
    await checkUnharmed();
  });

  it('a reader of the mock board opens for none of it', async () => {
    for (const body of presentBodies()) {
      const answer = await manage('POST', '/api/v1/mock/readers/lobby-in/present', body);
      checkAnswer(answer, body.slice(0, 200));
    }
    await checkUnharmed();
  });

  it('no body breaks a row of the API', async () => {
    const rows = await rowsWithBody(product, token);
    ok(rows.length > 25, `${rows.length} rows`);
    for (const { method, path } of rows) {
      for (const [name, body] of hostileBodies) {
        const answer = await manage(method, path.replace(/\{\w+\}/g, 'lobby'), body);
        checkAnswer(answer, `${method} ${path} ${name}`);
        ok(answer.status >= 400, `${method} ${path} ${name}: ${answer.status}`);
      }
    }
    await checkUnharmed();
  });

  it('no value breaks a field of what is stored', async () => {
    const targets = await makeTargets((method, path, body) => manage(method, path, JSON.stringify(body)));
    let taken = 0;
    for (const [path, body] of targets) {
      for (const field of Object.keys(body)) {
        for (const value of hostileValues) {
          const answer = await manage('PATCH', path, `{${JSON.stringify(field)}:${value}}`);
          checkAnswer(answer, `${path} ${field} ${value.slice(0, 80)}`);
          if (answer.status < 400) taken += 1;
        }
      }
      const shown = await manage('GET', path, '');
      equal(shown.status, 200, `${path} can still be read: ${shown.text}`);
    }
    ok(taken > 0, 'some strange values are good ones: names of any script');
    await checkUnharmed();
  });

  it('no path breaks a row of the API', async () => {
    const document = await product.api('GET', '/api/v1/openapi.json', undefined, token);
    const { paths } = document.body as OpenApi;
    for (const [path, methods] of Object.entries(paths)) {
      if (!path.includes('{')) continue;
      for (const method of Object.keys(methods)) {
        for (const value of hostileParams) {
          const target = path.replace(/\{\w+\}/, value);
          const answer = await manage(method.toUpperCase(), target, '{}');
          checkAnswer(answer, `${method} ${target.slice(0, 120)}`);
          ok(answer.status >= 400, `${method} ${target.slice(0, 120)}: ${answer.status}`);
        }
      }
    }
    await checkUnharmed();
  });
});

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly requestBody?: unknown }>>>>;
}

async function rowsWithBody(product: Product, token: string) {
  const { body } = await product.api('GET', '/api/v1/openapi.json', undefined, token);
  return Object.entries((body as OpenApi).paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, one]) => one.requestBody !== undefined)
      .map(([method]) => ({ method: method.toUpperCase(), path })),
  );
}

/** One thing of every collection, made as it should be: its path and its fields. */
async function makeTargets(
  manage: (method: string, path: string, body: object) => Promise<Answer>,
): Promise<readonly (readonly [path: string, body: object])[]> {
  const things: readonly (readonly [path: string, id: string | number, body: object])[] = [
    ['access-rights', 'h', { name: 'h', doors: [{ door: 'lobby', schedule: 'always' }] }],
    ['groups', 'h', { name: 'h', accessRights: ['h'] }],
    ['users', 'h', { name: 'h', enabled: true, validFromMs: 1, validUntilMs: 2, groups: [], note: '' }],
    ['schedules', 'h', { name: 'h', week: [[], [], [], [], [], [], []], holidays: {} }],
    ['holidays', '2026-01-01', { kind: 'h', name: '' }],
    ['sources', 'h', { name: 'h', addresses: [], username: 'h', password: 'long enough', repeatMs: 0 }],
    ['credentials', 'h', { user: 'h', kind: 'code', code: 'h', status: 'active' }],
    ['zones', 2, { name: 'h', type: 'soft', members: zoneMembers, bypassGroups: [], resetSeconds: 0 }],
  ];
  const made: (readonly [string, object])[] = [['/api/v1/doors/garage', { name: '', unlockMs: 0 }]];
  for (const [path, id, body] of things) {
    const { status, text } = await manage('POST', `/api/v1/${path}`, { id, ...body });
    equal(status, 201, `${path}: ${text}`);
    made.push([`/api/v1/${path}/${id}`, body]);
  }
  return made;
}

const zoneMembers = [
  { reader: 'garage-in', direction: 'entry' },
  { reader: 'garage-out', direction: 'exit' },
] as const;
