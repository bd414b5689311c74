/**
 * Every row of the table asked by everybody: what is refused, and to whom. `ROUTE_TABLE=1` prints the table.
 * Nothing here carries a body that fits, so nothing changes; what passes the gate ends as 200, 4xx or 5xx of the
 * handler, and is told as `ok`.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createPasswords } from '../../src/api/password.js';
import { type Row, scopeOf } from '../../src/api/route.js';
import { type Role, roles } from '../../src/core/management.js';
import { type Edge, openEdge } from './fakes.js';

const password = 'correct horse battery';

describe('the route walk', () => {
  let edge: Edge;
  const headers = new Map<string, Record<string, string>>();
  before(async () => {
    edge = await openEdge({ http: { failuresPerMinute: 1_000_000 } });
    const expired = edge.token('viewer', 1);
    edge.clock.wallMs += 1;
    headers.set('none', {});
    headers.set('bad', bearer('A'.repeat(43)));
    headers.set('expired', bearer(expired));
    for (const role of roles) headers.set(role, bearer(edge.token(role)));
    headers.set('forged', { Cookie: await cookie() });
    headers.set('scope', bearer(await scoped()));
  });
  after(() => edge.end());

  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
  const post = async (path: string, body: object, by: Record<string, string> = {}) => {
    const of = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...by },
      body: JSON.stringify(body),
    };
    return fetch(edge.url + path, of);
  };
  /** A browser's session without its CSRF token. */
  const cookie = async () => {
    const passwordHash = await createPasswords(randomBytes, { N: 1_024, r: 8, p: 1 }).hash(password);
    const ann = { id: 'ann', name: 'Ann', role: 'administrator', passwordHash, disabled: false } as const;
    edge.put({ op: 'put', collection: 'operators', id: 'ann', body: ann });
    const reply = await post('/api/v1/session', { name: 'ann', password });
    return (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  };
  /** An administrator's token that may read alarms and nothing else. */
  const scoped = async () => {
    const body = { name: 'x', scopes: ['alarms:read'] };
    const reply = await post('/api/v1/tokens', body, headers.get('administrator'));
    return ((await reply.json()) as { token: string }).token;
  };
  const ask = async ({ method, path }: Row, by: string): Promise<number> => {
    const address = path.replace('/holidays/{id}', '/holidays/2026-01-01').replace(/\{\w+\}/g, '1');
    const body = method === 'GET' ? {} : { body: '[]' };
    const type = { 'Content-Type': 'application/json' };
    const reply = await fetch(edge.url + address, {
      method,
      headers: { ...type, ...headers.get(by) },
      ...body,
    });
    await reply.body?.cancel();
    return reply.status;
  };
  const expected = (one: Row, by: string): number | undefined => {
    if (one.roles === 'public') return undefined;
    if (['none', 'bad', 'expired'].includes(by)) return 401;
    if (by === 'forged') return one.roles.includes('administrator') && one.method === 'GET' ? undefined : 403;
    if (by === 'scope') {
      const scope = scopeOf(one);
      const covered = scope === undefined || scope === 'alarms:read';
      return one.roles.includes('administrator') && covered ? undefined : 403;
    }
    return one.roles.includes(by as Role) ? undefined : 403;
  };

  it('every row x method x {none, bad, expired, each role, forged, out of scope}', async () => {
    const lines: string[][] = [];
    const wrong: string[] = [];
    let asked = 0;
    const counts = new Map<string, number>();
    for (const one of edge.web.routes) {
      const line = [one.method, one.path];
      for (const by of headers.keys()) {
        const wanted = expected(one, by);
        // Logging out would take the walker's own tokens from him, and streams do not end: there he only goes
        // where he is refused.
        if (/logout|stream/.test(one.path) && wanted === undefined) {
          line.push('-');
          continue;
        }
        const status = await ask(one, by);
        const passed = status !== 401 && status !== 403;
        if (wanted === undefined ? !passed && one.roles !== 'public' : status !== wanted) {
          wrong.push(`${by} ${one.method} ${one.path}: ${status}`);
        }
        // 503 is explained: the walk has no outbound thread behind it.
        if (status >= 500 && status !== 503) wrong.push(`${by} ${one.method} ${one.path}: ${status}`);
        const outcome = passed ? 'ok' : String(status);
        line.push(outcome);
        counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
        asked += 1;
      }
      lines.push(line);
    }
    if (process.env['ROUTE_TABLE'] === '1') print([['method', 'path', ...headers.keys()], ...lines]);
    const summary = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
    process.stdout.write(
      `      ${edge.web.routes.length} rows x ${headers.size} callers: ${asked} requests: ${summary}\n`,
    );
    assert.deepEqual(wrong, []);
    assert.ok(asked > 800, String(asked));
  }).timeout(60_000);
});

function print(lines: readonly (readonly string[])[]): void {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  for (const line of lines) {
    process.stdout.write(
      `${line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
  }
}
