import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { BroadcastChannel, Worker } from 'node:worker_threads';
import type { FromStorage, ToStorage } from '../../src/storage/messages.js';
import { verifyLog } from '../../src/storage/verifyLog.js';
import { at, commit, newFolder, operator, putUser } from './scene.js';

describe('storage thread', () => {
  it('commits, answers, tells who listens, and ends when closed', async () => {
    const dataDir = newFolder();
    const url = new URL('../../src/storageThread.js', import.meta.url);
    const worker = new Worker(url, { workerData: { dataDir, boot: 'b', session: 'thread-test' } });
    const grown = new BroadcastChannel('sallyport-thread-test');
    const heard: unknown[] = [];
    grown.onmessage = (message: unknown) => heard.push((message as { readonly data: unknown }).data);
    const told: FromStorage[] = [];
    worker.on('message', (message: FromStorage) => told.push(message));
    const send = (message: ToStorage): void => worker.postMessage(JSON.stringify(message));
    send({ kind: 'commit', commits: [commit(1), commit(2)] });
    send({ kind: 'write', id: 1, at, write: { by: operator, ops: [putUser('ann')] } });
    await once(worker, 'message');
    while (!told.some(({ kind }) => kind === 'written')) await once(worker, 'message');
    send({ kind: 'close' });
    await once(worker, 'exit');
    grown.close();
    assert.deepEqual(told.at(0), { kind: 'ready', through: 0 });
    assert.deepEqual(told.at(-1), { kind: 'closed' });
    assert.ok(told.some((message) => message.kind === 'committed' && message.through === 2));
    assert.deepEqual(heard.at(-1), { kind: 'appended', lastSeq: 3 });
    assert.ok(verifyLog(join(dataDir, 'sallyport.db')).ok);
    rmSync(dataDir, { recursive: true });
  });
});
