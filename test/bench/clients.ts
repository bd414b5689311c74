/**
 * Many clients in a process of their own, behind everything else: in the field they are other machines, and what they
 * cost themselves is not the product's. `listeners` follow the live events; `slow` send half a request and start again
 * when the server ends it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';

export type ClientKind = 'listeners' | 'slow';

export interface Clients {
  /** How many are connected now, and the bytes that all of them have read. */
  held(): Promise<{ readonly held: number; readonly bytes: number }>;
  stop(): void;
}

const LAST_PRIORITY = 19;

/** Resolves when nearly all are there: listeners have heard something, slow ones are connected. */
export async function startClients(
  kind: ClientKind,
  of: { readonly port: number; readonly token: string; readonly count: number },
): Promise<Clients> {
  const child: ChildProcess = fork(fileURLToPath(import.meta.url), [
    kind,
    `${of.port}`,
    of.token,
    `${of.count}`,
  ]);
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', (code) => reject(new Error(`${kind} ended with code ${code}`)));
  });
  // It ends when it is stopped, too, and then nobody asks any more.
  ended.catch(() => undefined);
  const ask = () => {
    const told = new Promise<{ held: number; bytes: number }>((resolve) => {
      child.once('message', (message) => resolve(message as { held: number; bytes: number }));
    });
    child.send('held');
    return Promise.race([told, ended]);
  };
  for (;;) {
    const { held } = await ask();
    if (held >= of.count * 0.95) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { held: ask, stop: () => child.kill('SIGKILL') };
}

function run(kind: ClientKind, port: number, token: string, count: number): void {
  setPriority(LAST_PRIORITY);
  let held = 0;
  let bytes = 0;
  const request =
    kind === 'slow'
      ? 'GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: '
      : `GET /api/v1/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  const open = (): void => {
    const socket: Socket = connect(port, '127.0.0.1', () => socket.write(request));
    let counted = false;
    const there = (): void => {
      if (!counted) held += 1;
      counted = true;
    };
    if (kind === 'slow') socket.once('connect', there);
    socket.on('data', (data) => {
      bytes += data.length;
      if (kind === 'listeners') there();
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      if (counted) held -= 1;
      if (kind === 'slow') setImmediate(open);
    });
  };
  for (let n = 0; n < count; n += 1) open();
  process.on('message', () => process.send?.({ held, bytes }));
  process.on('disconnect', () => process.exit(0));
}

const [, , kind, port, token = '', count] = process.argv;
if (process.send !== undefined && (kind === 'listeners' || kind === 'slow')) {
  run(kind, Number(port), token, Number(count));
}
