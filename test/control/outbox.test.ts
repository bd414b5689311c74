import { deepEqual, equal } from 'node:assert/strict';
import { createOutbox } from '../../src/control/outbox.js';
import type { Commit } from '../../src/core/effects.js';
import type { LogRow } from '../../src/core/log.js';

const at = { monoMs: 0, wallMs: 0, trust: 'ntp' } as const;
const refusal: LogRow = { kind: 'access-denied', at, reason: 'unknown-credential' };
const passage: LogRow = { kind: 'zone-cleared', at, zone: 1, records: [{ kind: 'forget-zone', zone: 1 }] };

function commit(id: number, row: LogRow = refusal): Commit {
  return { id, rows: [row], passages: [], facts: [] };
}

describe('outbox', () => {
  it('hands commits on while storage is there and forgets them once confirmed', () => {
    const outbox = createOutbox();
    equal(outbox.add(commit(1)), true);
    equal(outbox.add(commit(2)), true);
    equal(outbox.rowsWaiting(), 2);
    outbox.confirm(1);
    equal(outbox.rowsWaiting(), 1);
    outbox.confirm(2);
    equal(outbox.rowsWaiting(), 0);
  });

  it('keeps everything while storage is away and sends it again in order', () => {
    const outbox = createOutbox();
    outbox.add(commit(1));
    outbox.add(commit(2));
    outbox.fail();
    equal(outbox.add(commit(3)), false);
    const { resend, rowsLost } = outbox.recover(1);
    deepEqual(
      resend.map(({ id }) => id),
      [2, 3],
    );
    equal(rowsLost, 0);
    equal(outbox.add(commit(4)), true);
  });

  it('lets refusals go when memory would fill, counts them, and never lets go of a record', () => {
    const outbox = createOutbox();
    outbox.fail();
    for (let id = 1; id <= 1_200; id += 1) outbox.add(commit(id));
    outbox.add(commit(1_201, passage));
    const { resend, rowsLost } = outbox.recover(0);
    equal(resend.length, 1_001);
    equal(resend.at(-1)?.id, 1_201);
    equal(rowsLost, 200);
    equal(outbox.recover(1_201).rowsLost, 0);
  });
});
