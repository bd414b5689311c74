/** A lean HTTP client for load: one request at a time on each keep-alive connection, bounded in count. */
import { connect, type Socket } from 'node:net';
import { round, spreadOf } from './figures.js';

export interface Load {
  readonly port: number;
  readonly connections: number;
  readonly requests: number;
  /** The next request as bytes; `connection` lets a client keep its own nonce count. */
  readonly next: (connection: number) => string;
  /** Throws for an answer that is not what the bench means to measure. */
  readonly check: (answer: string) => void;
}

/** Sends all requests and measures each from its first byte out to its last byte in. */
export async function runLoad(load: Load) {
  const times: number[] = [];
  let sent = 0;
  const start = process.hrtime.bigint();
  const one = async (connection: number): Promise<void> => {
    const line = await openLine(load.port);
    while (sent < load.requests) {
      sent += 1;
      const before = process.hrtime.bigint();
      const answer = await line.ask(load.next(connection));
      times.push(Number(process.hrtime.bigint() - before) / 1e6);
      load.check(answer);
    }
    line.close();
  };
  await Promise.all(Array.from({ length: load.connections }, (_, connection) => one(connection)));
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  return { perSecond: round(times.length / seconds), ms: spreadOf(times) };
}

export interface Line {
  ask(request: string): Promise<string>;
  close(): void;
}

/** One keep-alive connection. Answers must have a Content-Length. */
export async function openLine(port: number): Promise<Line> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return lineOn(socket);
}

function lineOn(socket: Socket): Line {
  let text = '';
  let settle: ((answer: string) => void) | undefined;
  let fail: ((error: Error) => void) | undefined;
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    text += chunk;
    const end = endOf(text);
    if (end === undefined || text.length < end) return;
    const answer = text.slice(0, end);
    text = text.slice(end);
    settle?.(answer);
  });
  socket.on('error', (error) => fail?.(error));
  socket.on('close', () => fail?.(new Error('the server closed the connection')));
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        settle = resolve;
        fail = reject;
        socket.write(request, 'latin1');
      }),
    close: () => {
      fail = undefined;
      socket.destroy();
    },
  };
}

function endOf(text: string): number | undefined {
  const head = text.indexOf('\r\n\r\n');
  if (head === -1) return undefined;
  const length = /content-length: (\d+)/i.exec(text.slice(0, head))?.[1];
  return head + 4 + Number(length ?? 0);
}
