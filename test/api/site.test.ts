import { deepEqual, equal } from 'node:assert/strict';
import { call } from './apiClient.js';
import { claimCode, type Edge, openEdge } from './fakes.js';

const wire = {
  where: 'door lobby',
  use: 'rex',
  as: 'rex',
  facts: {},
  line: 'gpio17',
  direction: 'input',
  active: 'low',
  headerPin: 11,
  bootLevel: 'low',
} as const;
const interlock = { id: 'sluice', doors: ['lobby', 'lab'] };

describe('the site as the page asks for it', () => {
  let edge: Edge;

  beforeEach(async () => {
    edge = await openEdge({ wiring: [wire], interlocks: [interlock] });
  });

  afterEach(() => edge.end());

  it('tells everybody whether it is claimed, and nothing else', async () => {
    deepEqual((await call(edge, 'GET', '/api/v1/welcome')).body, { claimed: false });
    const claim = { code: claimCode, name: 'olga', password: 'a long enough password' };
    equal((await call(edge, 'POST', '/api/v1/claim', { body: claim })).status, 201);
    deepEqual((await call(edge, 'GET', '/api/v1/welcome')).body, { claimed: true });
    equal((await call(edge, 'GET', '/api/v1/site')).status, 401);
  });

  it('names the doors as they are called now', async () => {
    const token = edge.token('administrator');
    const headers = { 'If-Match': '*' };
    await call(edge, 'PATCH', '/api/v1/doors/lab', { token, headers, body: { name: 'Laboratory' } });
    const { body } = await call(edge, 'GET', '/api/v1/site', { token });
    deepEqual(
      (body['doors'] as { name: string }[]).map(({ name }) => name),
      ['Lobby', 'Laboratory', 'Store'],
    );
  });

  it('shows wires and interlocks as the site file has them', async () => {
    const { body } = await call(edge, 'GET', '/api/v1/wiring', { token: edge.token('viewer') });
    deepEqual(body, { items: [wire], interlocks: [interlock] });
  });
});
