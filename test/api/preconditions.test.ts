/**
 * Two people never overwrite each other unseen: what changes something stored names the revision that was read, and of
 * every other row it is said why nothing can be overwritten.
 */
import assert from 'node:assert/strict';
import type { Row } from '../../src/api/route.js';
import { call } from './apiClient.js';
import { type Edge, openEdge } from './fakes.js';

const makesNew = 'makes something new';
const acts = 'a command: acts now, stores nothing that others wrote';
const asks = 'asks only';
const session = 'about the login of whoever calls';
const mock = 'the hands of a person at a board in memory';

/** `METHOD path` after /api/v1 of the rows without a precondition, and why. */
const withoutPrecondition: Readonly<Record<string, string>> = {
  'POST /config/check': asks,
  'POST /card-lookup': asks,
  'POST /explain': asks,
  'POST /claim': 'once: the code serves one time',
  'POST /login': session,
  'POST /logout': session,
  'POST /session': session,
  'POST /me/password': 'names the password that is replaced',
  'POST /operators': makesNew,
  'POST /users': makesNew,
  'POST /credentials': makesNew,
  'POST /groups': makesNew,
  'POST /access-rights': makesNew,
  'POST /schedules': makesNew,
  'POST /holidays': makesNew,
  'POST /zones': makesNew,
  'POST /zone-operations/preset': makesNew,
  'POST /sources': makesNew,
  'POST /hooks': makesNew,
  'POST /tokens': makesNew,
  'DELETE /tokens/{id}': 'a token is made and revoked, never changed',
  'POST /backups': makesNew,
  'PUT /backups/{name}': 'refused with 409 where there is one of this name',
  'POST /restores': 'the whole state, by intent; proved first, and what was there is a backup away',
  'POST /imports': 'by lines; dryRun tells what each changes, and what it does not name stays',
  'POST /enrolments': acts,
  'POST /doors/{id}/alarm': acts,
  'POST /doors/{id}/release': acts,
  'POST /doors/{id}/lock': acts,
  'POST /doors/{id}/unlock': acts,
  'POST /doors/{id}/normal': acts,
  'POST /fire/reset': acts,
  'POST /readers/{id}/learn': acts,
  'DELETE /readers/{id}/learn': acts,
  'POST /osdp/readers/{reader}/install-key': acts,
  'DELETE /osdp/readers/{reader}/install-key': acts,
  'PUT /osdp/readers/{reader}/key':
    'a key goes in and comes out nowhere: there is no revision to read; the log says who gave it',
  'POST /osdp/lines/{line}/scan': acts,
  'POST /osdp/lines/{line}/move': acts,
  'POST /osdp/readers/{reader}/address': acts,
  'POST /osdp/readers/{reader}/manufacturer': acts,
  'POST /osdp/readers/{reader}/file': acts,
  'POST /zone-operations/add': 'names in its body the revision each zone was read in',
  'POST /zone-operations/delete':
    'by number, as the zone API it mirrors; DELETE /zones/{id} has the precondition',
  'POST /zone-operations/clear': acts,
  'POST /zone-operations/alarm': acts,
  'POST /zones/{id}/muster': acts,
  'POST /zones/{id}/lockdown': acts,
  'POST /zones/{id}/assign': acts,
  'POST /zones/{id}/clear': acts,
  'POST /zones/{id}/alarm': acts,
  'POST /alarms/{id}/acknowledge': 'the first who acknowledges stands in the log',
  'POST /hooks/{id}/test': acts,
  'POST /hooks/{id}/dead-letters/{seq}/retry': acts,
  'DELETE /hooks/{id}/dead-letters/{seq}': 'a letter never changes',
  'POST /mock/readers/{reader}/present': mock,
  'POST /mock/doors/{door}/contact': mock,
  'POST /mock/doors/{door}/rex': mock,
  'POST /mock/readers/{reader}/tamper': mock,
  'POST /mock/fire': mock,
};

const zoneMembers = [
  { reader: 'lobby-in', direction: 'entry' },
  { reader: 'lobby-out', direction: 'exit' },
] as const;

/** One of each resource: what it is called, and what makes it; what is there anyway is not made. */
const things: Readonly<Record<string, readonly [id: string, make?: object]>> = {
  operators: ['ben', { id: 'ben', name: 'Ben', role: 'viewer', password: 'a long enough one' }],
  'access-rights': ['in', { id: 'in', name: 'In', doors: [{ door: 'lobby', schedule: 'always' }] }],
  groups: ['staff', { id: 'staff', name: 'Staff', accessRights: ['in'] }],
  users: ['ann', { id: 'ann', name: 'Ann' }],
  schedules: ['day', { id: 'day', name: 'Day', week: [[], [], [], [], [], [], []], holidays: {} }],
  holidays: ['2026-12-25', { id: '2026-12-25', kind: 'feast', name: 'Christmas' }],
  credentials: ['pass', { id: 'pass', user: 'ann', kind: 'code', code: 'pass' }],
  zones: ['2', { id: 2, name: 'House', type: 'hard', members: zoneMembers, bypassGroups: [] }],
  sources: ['a01', { id: 'a01', name: 'A01', addresses: [], username: 'a01', password: 'long enough' }],
  hooks: ['feed', { id: 'feed', name: 'Feed', events: ['*'], url: 'http://127.0.0.1:9/' }],
  doors: ['lobby'],
};

const nameOf = ({ method, path }: Row): string => `${method} ${path.replace('/api/v1', '')}`;

describe('preconditions', () => {
  let edge: Edge;
  let token: string;
  before(async () => {
    edge = await openEdge();
    token = edge.token('administrator');
  });
  after(() => edge.end());

  it('every row that changes something has one, or a reason why not', () => {
    const changing = edge.web.routes.filter(({ method }) => method !== 'GET');
    const [known, bare] = [changing.filter(({ ifMatch }) => ifMatch), changing.filter((one) => !one.ifMatch)];
    assert.deepEqual(bare.map(nameOf).sort(), Object.keys(withoutPrecondition).sort());
    assert.ok(known.length > 25, String(known.length));
  });

  it('what can be changed can be replaced: PUT beside PATCH, but for a credential, whose value is never changed', () => {
    const of = (method: string) =>
      edge.web.routes
        .filter((row) => row.method === method && row.path.endsWith('/{id}'))
        .map(({ path }) => path);
    const patchOnly = of('PATCH').filter((path) => !of('PUT').includes(path));
    assert.deepEqual(patchOnly, ['/api/v1/credentials/{id}']);
    assert.deepEqual(
      of('PUT').filter((path) => !of('PATCH').includes(path)),
      [],
    );
  });

  it('each asks for the revision (428), refuses an old one (412) and takes the one there is', async () => {
    const rows = edge.web.routes.filter(({ ifMatch }) => ifMatch);
    const asked: string[] = [];
    for (const [resource, [, make]] of Object.entries(things)) {
      const made = make && (await call(edge, 'POST', `/api/v1/${resource}`, { token, body: make }));
      assert.ok(made === undefined || made.status === 201, `${resource}: ${JSON.stringify(made?.body)}`);
    }
    // What names others goes before them.
    for (const [resource, [id, make]] of Object.entries(things).reverse()) {
      const base = `/api/v1/${resource}`;
      const path = `${base}/${id}`;
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const row = rows.find((one) => one.method === method && one.path.startsWith(`${base}/{`));
        if (row === undefined) continue;
        asked.push(nameOf(row));
        const read = await call(edge, 'GET', path, { token });
        const body = method === 'PUT' ? fieldsOf(read.body, row, make) : {};
        const send = (headers: Record<string, string>) =>
          call(edge, method, path, { token, headers, ...(method === 'DELETE' ? {} : { body }) });
        const tag = read.headers.get('etag') ?? '';
        const before = edge.writes.length;
        assert.equal((await send({})).status, 428, nameOf(row));
        assert.equal((await send({ 'If-Match': '"77"' })).status, 412, nameOf(row));
        assert.equal(edge.writes.length, before, nameOf(row));
        const good = await send({ 'If-Match': tag });
        assert.ok(good.status < 300, `${nameOf(row)}: ${good.status} ${JSON.stringify(good.body)}`);
      }
    }
    const rest = rows.map(nameOf).filter((name) => !asked.includes(name));
    assert.deepEqual(rest.sort(), [
      'DELETE /certificate',
      'PUT /backup-passphrase',
      'PUT /backup-settings',
      'PUT /certificate',
    ]);
    for (const name of rest) {
      const [method = '', path] = name.split(' ');
      const pem = (kind: string) => `-----BEGIN ${kind}-----\n${'A'.repeat(80)}\n-----END ${kind}-----\n`;
      const bodies = {
        'PUT /certificate': { certificate: pem('CERTIFICATE'), key: pem('PRIVATE KEY') },
        'PUT /backup-passphrase': { passphrase: 'a long enough one' },
        'PUT /backup-settings': {},
      };
      const body = name in bodies ? { body: bodies[name as keyof typeof bodies] } : {};
      const send = (headers: Record<string, string>) =>
        call(edge, method, `/api/v1${path}`, { token, headers, ...body });
      assert.equal((await send({})).status, 428, name);
      assert.equal((await send({ 'If-Match': '"77"' })).status, 412, name);
    }
  });
});

/** What was read, without what a PUT of this row does not take. */
function fieldsOf(read: Readonly<Record<string, unknown>>, row: Row, make: object | undefined): object {
  const taken = (row.body as unknown as { readonly shape: Readonly<Record<string, unknown>> }).shape;
  return Object.fromEntries(Object.entries({ ...make, ...read }).filter(([name]) => name in taken));
}
