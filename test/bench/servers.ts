/**
 * What OpenDoor is compared with, each in a process of its own: `hello`, a bare and unmodified Express; `naive`, the design
 * one would write first: Express, Basic, one look-up, one durable insert a request, all on the main thread.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Express } from 'express';
import { Sqlite } from '../../src/storage/sqlite.js';

export type ServerKind = 'hello' | 'naive';

/** Starts one of them as a child process. */
export async function startServer(kind: ServerKind): Promise<{ readonly port: number; close(): void }> {
  const child: ChildProcess = fork(fileURLToPath(import.meta.url), [kind]);
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(Number(message)));
    child.once('exit', (code) => reject(new Error(`${kind} ended with code ${code}`)));
  });
  return { port, close: () => child.kill('SIGTERM') };
}

function hello(): Express {
  const app = express();
  app.get('/', (_request, response) => {
    response.send('hello');
  });
  return app;
}

function naive(): Express {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-naive-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  const db = new Sqlite(join(dir, 'naive.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(
    'CREATE TABLE users (code TEXT PRIMARY KEY, name TEXT); CREATE TABLE events (id INTEGER PRIMARY KEY, at, name, code)',
  );
  const add = db.prepare('INSERT INTO users VALUES (?, ?)');
  db.transaction(() => {
    for (let n = 0; n < 240_000; n += 1)
      add.run((26 * 65_536 + n).toString(16).toUpperCase().padStart(8, '0'), `User ${n}`);
  })();
  const find = db.prepare('SELECT name FROM users WHERE code = ?').pluck();
  const log = db.prepare('INSERT INTO events (at, name, code) VALUES (?, ?, ?)');
  const expected = createHash('sha256').update('bench:a password of the bench').digest('hex');
  const app = express();
  app.get('/fcgi/OpenDoor', (request, response) => {
    const [, token = ''] = /^Basic (.*)$/.exec(request.headers.authorization ?? '') ?? [];
    const given = createHash('sha256').update(Buffer.from(token, 'base64')).digest('hex');
    if (given !== expected) {
      response.status(401).end();
      return;
    }
    const name = find.get(String(request.query['Code']));
    log.run(Date.now(), name, String(request.query['Code']));
    response.json({ retcode: name === undefined ? -5 : 0, action: 'OpenDoor', message: 'OK', data: {} });
  });
  return app;
}

const kind = process.argv[2];
if (process.send !== undefined && (kind === 'hello' || kind === 'naive')) {
  const app = kind === 'hello' ? hello() : naive();
  const server = app.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.on('SIGTERM', () => process.exit(0));
  process.on('disconnect', () => process.exit(0));
}
