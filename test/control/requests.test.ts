import { deepEqual, equal } from 'node:assert/strict';
import { createRequests } from '../../src/control/requests.js';
import type { ManagementWrite } from '../../src/core/management.js';
import type { UserFacts } from '../../src/core/model.js';
import type { ControlReply, ControlRequest } from '../../src/core/requests.js';
import { wiegandFormats } from '../../src/readers/wiegand/formatTable.js';
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
  let nowMonoMs = 0;
  const requests = createRequests({
    controller: shell.controller,
    findUser: () => known,
    readSite: () => siteOf(),
    store: (id) => writes.push(id),
    changed: () => undefined,
    backups: (_ask, reply) => reply({ kind: 'busy' }),
    outbound: (ask, reply) => reply({ kind: 'unavailable', error: ask.kind }),
    board: 'mock',
    health: () => [],
    osdp: (_ask, reply) => reply({ answer: 'lines', lines: [] }),
    now: () => ({ monoMs: nowMonoMs, wallMs: 0, trust: 'ntp' }),
    formats: wiegandFormats,
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
    pass: (ms: number) => {
      nowMonoMs += ms;
    },
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

  it('learns the next card at an armed reader once, keeps it for a while, and logs no number', () => {
    const { shell, requests, replies, ask, pass } = openRequests();
    const by = { kind: 'operator', operator: 'olga' } as const;
    const frame = '10111101110110010011011101';
    const arm = { kind: 'learn', reader: 'lobby-in', command: 'arm', forMs: 30_000, by } as const;
    const asked = (request: ControlRequest) => {
      ask(request);
      return replies.at(-1);
    };
    const learned = () => asked({ kind: 'learned', reader: 'lobby-in' });
    const off = { kind: 'learning', learning: { reader: 'lobby-in', phase: 'off' } };
    equal(requests.learn('lobby-in', frame), false);
    deepEqual(asked(arm), {
      kind: 'learning',
      learning: { reader: 'lobby-in', phase: 'armed', leftMs: 30_000 },
    });
    equal(requests.learn('lobby-out', frame), false);
    pass(29_999);
    equal(requests.learn('lobby-in', frame), true);
    equal(requests.learn('lobby-in', frame), false);
    const card = { format: 'H10301', facility: 123, number: '45678', secret: '7BB26E', bits: 24 };
    const read = { reader: 'lobby-in', phase: 'read', leftMs: 300_000, bits: frame, readings: [card] };
    deepEqual(learned(), { kind: 'learning', learning: read });
    pass(300_000);
    deepEqual(learned(), off);
    ask(arm);
    pass(30_000);
    equal(requests.learn('lobby-in', frame), false);
    ask(arm);
    deepEqual(asked({ ...arm, command: 'stop' }), off);
    equal(requests.learn('lobby-in', frame), false);
    deepEqual(asked({ ...arm, reader: 'nowhere' }), { kind: 'error', error: 'unknown-reader' });
    return shell.turn().then(() => {
      const rows = shell.stored.flatMap(({ commits }) => commits.flatMap((commit) => commit.rows));
      deepEqual(
        rows.map(({ kind, by: who }) => [kind, who?.kind]),
        [
          ['learn-armed', 'operator'],
          ['card-learned', undefined],
          ['learn-armed', 'operator'],
          ['learn-armed', 'operator'],
          ['learn-stopped', 'operator'],
        ],
      );
      deepEqual(rows[1]?.detail, { bits: 26, formats: ['H10301'] });
      equal(/45678|7BB26E|10111101/.test(JSON.stringify(rows)), false);
    });
  });

  it('explains a decision without making it, now or at another instant', () => {
    const { shell, replies, ask, forget } = openRequests();
    ask(access('lobby-in'));
    const before = shell.controller.state();
    ask({ kind: 'explain', user: 'ann', reader: 'lobby-in', atWallMs: 86_400_000 });
    const [told] = replies.flatMap((reply) => (reply.kind === 'explained' ? [reply.explained] : []));
    deepEqual([told?.decision, told?.reason], ['denied', 'passback']);
    equal(shell.controller.state(), before);
    ask({ kind: 'explain', user: 'ann', reader: 'moon' });
    forget();
    ask({ kind: 'explain', user: 'ann', reader: 'lobby-in' });
    deepEqual(replies.slice(-2), [
      { kind: 'error', error: 'unknown-reader' },
      { kind: 'error', error: 'unknown-user' },
    ]);
  });

  it('tells how many are inside a zone, and whether it assembles or is locked down', () => {
    const { replies, ask } = openRequests();
    const by = { kind: 'operator', operator: 'olga' } as const;
    ask(access('lobby-in'));
    ask({ kind: 'muster', zone: 1, active: true, by });
    ask({ kind: 'zone-lockdown', zone: 1, active: true, by });
    ask({ kind: 'assign', zone: 1, user: 'bob', place: 'inside', by });
    ask({ kind: 'status' });
    const last = replies.at(-1);
    deepEqual(last?.kind === 'status' && last.status.zones, [
      { id: 1, alarmed: false, records: 2, inside: 2, lockdown: true, musterSinceMs: 1_700_000_000_000 },
    ]);
  });
});
