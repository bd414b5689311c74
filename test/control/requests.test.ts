import { deepEqual, equal } from 'node:assert/strict';
import { createRequests } from '../../src/control/requests.js';
import type { ManagementWrite } from '../../src/core/management.js';
import type { UserFacts } from '../../src/core/model.js';
import type { ControlReply, ControlRequest } from '../../src/core/requests.js';
import { ann, openShell, siteOf } from './shell.js';

const by = { kind: 'operator', operator: 'olga' } as const;
const disable: ManagementWrite = {
  by,
  ops: [{ op: 'delete', collection: 'users', id: 'ann' }],
};

function access(reader: string): ControlRequest {
  return {
    kind: 'access',
    door: 'lobby',
    reader,
    lookup: { by: 'secret', candidates: [{ kind: 'card', secret: '1912D6' }] },
    credential: { kind: 'card', label: '••12D6' },
    by: { kind: 'source', source: 'demo', address: '127.0.0.1' },
  };
}

function openRequests() {
  const shell = openShell();
  let known: UserFacts | undefined = ann;
  const writes: number[] = [];
  const replies: ControlReply[] = [];
  const timers: (() => void)[] = [];
  const requests = createRequests({
    controller: shell.controller,
    findUser: () => known,
    readSite: () => siteOf(),
    store: (id) => writes.push(id),
    changed: () => undefined,
    outbound: (ask, reply) => reply({ kind: 'unavailable', error: ask.kind }),
    board: 'mock',
    health: () => [],
    osdp: (_ask, reply) => reply({ answer: 'lines', lines: [] }),
    now: () => ({ monoMs: 0, wallMs: 0, trust: 'ntp' }),
    setTimer: (run) => {
      timers.push(run);
      return () => timers.splice(timers.indexOf(run), 1);
    },
  });
  return {
    shell,
    requests,
    writes,
    replies,
    timers,
    forget: () => {
      known = undefined;
    },
    ask: (request: ControlRequest) => requests.handle(request, (reply) => replies.push(reply)),
  };
}

describe('requests of the web thread', () => {
  it('holds decisions while a change they depend on is on its way, and makes them on the new state', async () => {
    const { shell, requests, writes, ask, forget } = openRequests();
    ask({ kind: 'write', write: disable });
    ask(access('lobby-in'));
    await shell.turn();
    deepEqual(shell.kinds(), []);
    forget();
    requests.written(writes[0] ?? 0, { ok: true, revisions: [2], seq: 7 });
    await shell.turn();
    deepEqual(shell.kinds(), ['access-denied']);
  });

  it('holds no door command and no request to exit', () => {
    const { shell, ask } = openRequests();
    ask({ kind: 'write', write: disable });
    ask({ kind: 'door-command', door: 'lobby', command: 'release', level: 'operator', by });
    deepEqual(shell.relays, ['unlock lobby']);
  });

  it('does not hold longer than a grant may wait for storage', async () => {
    const { shell, timers, ask } = openRequests();
    ask({ kind: 'write', write: disable });
    ask(access('lobby-in'));
    equal(timers.length, 1);
    timers[0]?.();
    await shell.turn();
    deepEqual(shell.kinds(), ['access-granted']);
  });

  it('answers every write when storage is gone', () => {
    const { requests, replies, ask } = openRequests();
    ask({ kind: 'write', write: disable });
    requests.storageGone('thread ended');
    deepEqual(replies, [
      { kind: 'written', result: { ok: false, error: { kind: 'storage', message: 'thread ended' } } },
    ]);
  });

  it('says what there is not: a mock on another board', () => {
    const { replies, ask } = openRequests();
    ask({ kind: 'mock-lines' });
    deepEqual(replies, [{ kind: 'error', error: 'mock-not-configured' }]);
  });

  it('forgets a deleted user in the core too', () => {
    const { shell, requests, writes, ask } = openRequests();
    ask(access('lobby-in'));
    equal(shell.controller.state().records.get(1)?.size, 1);
    ask({ kind: 'write', write: disable });
    requests.written(writes[0] ?? 0, { ok: true, revisions: [0], seq: 9 });
    equal(shell.controller.state().records.get(1)?.size ?? 0, 0);
  });
});
