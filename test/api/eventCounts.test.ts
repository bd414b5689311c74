import { deepEqual, equal } from 'node:assert/strict';
import { call } from './apiClient.js';
import { type Edge, openEdge } from './fakes.js';

const hourMs = 3_600_000;

describe('event counts and proofs', () => {
  let edge: Edge;
  let token: string;
  const start = Date.UTC(2026, 0, 5);

  beforeEach(async () => {
    edge = await openEdge();
    token = edge.token('viewer', 100 * 24 * hourMs);
  });

  afterEach(() => edge.end());

  function passage(hours: number, direction: 'entry' | 'exit'): void {
    edge.clock = { monoMs: 1_000 + hours * hourMs, wallMs: start + hours * hourMs };
    edge.record(1, 'ann', {
      direction,
      reader: 'lobby-in',
      monoMs: edge.clock.monoMs,
      wallMs: edge.clock.wallMs,
      boot: 'boot-1',
      trusted: true,
    });
  }

  const counts = (query: string) => call(edge, 'GET', `/api/v1/event-counts?${query}`, { token });

  it('counts rows of a kind in steps, within the time asked for', async () => {
    for (const hours of [1, 1.2, 3, 30]) passage(hours, 'entry');
    edge.clock = { monoMs: 1, wallMs: start + hourMs };
    const { status, body } = await counts(
      `fromMs=${start}&toMs=${start + 24 * hourMs}&stepMs=${hourMs}&kinds=access-taken`,
    );
    equal(status, 200, JSON.stringify(body));
    const items = body['items'] as { at: string; count: number; moved: boolean }[];
    deepEqual(
      items.map(({ at, count, moved }) => [at.slice(11, 13), count, moved]),
      [
        ['01', 2, true],
        ['03', 1, true],
      ],
    );
    equal(body['complete'], true);
  });

  it('names the field that is wrong', async () => {
    for (const [query, field] of [
      [`fromMs=9&toMs=9&stepMs=60000&kinds=login`, 'toMs'],
      [`fromMs=0&toMs=${start}&stepMs=60000&kinds=login`, 'stepMs'],
      [`fromMs=0&toMs=9&stepMs=60000&kinds=nothing`, 'kinds.0'],
      [`fromMs=-1&toMs=9&stepMs=60000&kinds=login`, 'fromMs'],
    ] as const) {
      const { status, body } = await counts(query);
      equal(status, 400);
      deepEqual(
        (body['errors'] as { field: string }[]).map((one) => one.field),
        [field],
      );
    }
  });

  it('finds the last row before a moment', async () => {
    for (const hours of [1, 3]) passage(hours, 'entry');
    const last = edge.reads.lastSeq();
    const at = (hours: number) =>
      call(edge, 'GET', `/api/v1/event-position?atMs=${start + hours * hourMs}`, { token });
    deepEqual((await at(2)).body, { seq: last - 1 });
    deepEqual((await at(4)).body, { seq: last });
    equal((await at(-5_000_000)).status, 400);
  });

  it('proves a row and the one after it; a row that is not there is not found', async () => {
    passage(1, 'entry');
    const last = edge.reads.lastSeq();
    const proofOf = (seq: number) => call(edge, 'GET', `/api/v1/events/${seq}/proof`, { token });
    deepEqual((await proofOf(1)).body, { row: 'whole', next: 'whole' });
    deepEqual((await proofOf(last)).body, { row: 'whole' });
    equal((await proofOf(last + 1)).status, 404);
  });
});
