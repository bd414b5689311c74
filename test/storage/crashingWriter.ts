/**
 * A program to be killed: writes random commits to the folder of its first argument as fast as the disk allows
 * and prints each acknowledgement. Second argument: the session. Third: commits to write one after the other,
 * absent = for ever, several at a time.
 */
import { writeSync } from 'node:fs';
import type { Commit } from '../../src/core/effects.js';
import type { FromStorage } from '../../src/storage/messages.js';
import { Writer } from '../../src/storage/writer.js';
import { at, commit, operator, putUser, row, setRecord } from './scene.js';

const [dataDir = '', session = '', countText] = process.argv.slice(2);
const count = countText === undefined ? Number.POSITIVE_INFINITY : Number(countText);
const burst = countText === undefined ? 8 : 1;
let kept: Commit[] = [];
let nextId = 1;
let nextWrite = 1;

const writer = new Writer({
  dataDir,
  boot: 'boot-1',
  session,
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  post: (message) => setImmediate(() => told(message)),
  postWeb: () => undefined,
  // Retries come fast here: a second is long for a program that lives for a tenth of one.
  schedule: (delayMs, run) => {
    const timer = setTimeout(run, delayMs / 100);
    return () => clearTimeout(timer);
  },
});

function told(message: FromStorage): void {
  switch (message.kind) {
    case 'committed':
      kept = kept.filter((one) => one.id > message.through);
      print(`committed ${message.through}`);
      if (kept.length === 0) more();
      return;
    case 'recovered':
      print(`recovered ${message.through}`);
      kept = kept.filter((one) => one.id > message.through);
      writer.receive({ kind: 'commit', commits: kept, resent: true });
      if (kept.length === 0) more();
      return;
    case 'written':
      print(message.result.ok ? `written ${message.id}` : `refused ${message.id}`);
      return;
    case 'ready':
      print('ready');
      more();
      return;
    case 'failed':
      print(`failed ${message.error}`);
      return;
    case 'closed':
      print('closed');
  }
}

function more(): void {
  if (nextId > count) {
    writer.close();
    return;
  }
  const size = burst === 1 ? 1 : 1 + Math.floor(Math.random() * burst);
  const fresh = Array.from({ length: size }, () => randomCommit(nextId++));
  kept.push(...fresh);
  writer.receive({ kind: 'commit', commits: fresh });
  if (burst > 1 && Math.random() < 0.2) {
    const ops = [putUser(`${session}-${nextWrite}`)];
    writer.receive({ kind: 'write', id: nextWrite++, at, write: { by: operator, ops } });
  }
}

/** Its row names session and commit, so that an acknowledged one can be looked for. */
function randomCommit(id: number): Commit {
  const user = `u${Math.floor(Math.random() * 50)}`;
  const zone = 1 + Math.floor(Math.random() * 3);
  const direction = Math.random() < 0.5 ? 'entry' : 'exit';
  const forget = Math.random() < 0.02;
  const records = [forget ? ({ kind: 'forget-zone', zone } as const) : setRecord(zone, user, { direction })];
  return commit(id, row({ kind: 'access-granted', user, records, detail: { session, commit: id } }));
}

/** Straight to the pipe: what was printed is there after a kill. */
function print(line: string): void {
  writeSync(1, `${line}\n`);
}
