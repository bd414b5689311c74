/** Speaks to the controller that runs on a data folder, over its socket. */
import { type IncomingMessage, request } from 'node:http';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { localSocket } from '../api/local.js';

/** A file that is sent as it is read. */
export interface Streamed {
  readonly stream: Readable;
  readonly length: number;
}

export interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Sent as it is instead of a JSON body. */
  readonly file?: { readonly type: string; readonly bytes: Buffer | Streamed };
  readonly ifMatch?: string;
}

export interface Answered {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: unknown;
}

/** A refusal of the controller, in its words. */
export class RefusedError extends Error {
  readonly status: number;
  constructor(status: number, detail: string) {
    super(detail);
    this.name = 'RefusedError';
    this.status = status;
  }
}

export interface Local {
  /** Rejects with `RefusedError` for anything but a 2xx. */
  ask(asked: Asked): Promise<Answered>;
  /** Writes the body of a GET where it belongs. */
  fetch(path: string, to: Writable): Promise<void>;
  /** The events of a stream, until it ends. */
  events(path: string): AsyncIterable<Readonly<Record<string, unknown>>>;
}

/** The controller on this folder. */
export function localOf(dataDir: string): Local {
  const socketPath = join(resolve(dataDir), localSocket);
  const send = (asked: Asked): Promise<IncomingMessage> =>
    new Promise((resolveReply, reject) => {
      const payload =
        asked.file?.bytes ?? (asked.body === undefined ? undefined : Buffer.from(JSON.stringify(asked.body)));
      const sent = request(
        {
          socketPath,
          method: asked.method,
          path: asked.path,
          headers: {
            Host: 'local',
            ...(payload === undefined
              ? {}
              : { 'Content-Type': asked.file?.type ?? 'application/json', 'Content-Length': payload.length }),
            ...(asked.ifMatch === undefined ? {} : { 'If-Match': asked.ifMatch }),
          },
        },
        resolveReply,
      );
      sent.on('error', (error) => reject(hinted(error, socketPath)));
      if (payload === undefined || Buffer.isBuffer(payload)) sent.end(payload);
      else pipeline(payload.stream, sent).catch(reject);
    });
  return {
    ask: async (asked) => {
      const reply = await send(asked);
      const text = await textOf(reply);
      const status = reply.statusCode ?? 0;
      if (status < 200 || status >= 300) throw new RefusedError(status, detailOf(text, status));
      return { status, etag: reply.headers.etag, body: text === '' ? undefined : JSON.parse(text) };
    },
    fetch: async (path, to) => {
      const reply = await send({ method: 'GET', path });
      const status = reply.statusCode ?? 0;
      if (status !== 200) throw new RefusedError(status, detailOf(await textOf(reply), status));
      await pipeline(reply, to, { end: to !== process.stdout });
    },
    events: async function* (path) {
      const reply = await send({ method: 'GET', path });
      const status = reply.statusCode ?? 0;
      if (status !== 200) throw new RefusedError(status, detailOf(await textOf(reply), status));
      for await (const line of createInterface({ input: reply, crlfDelay: Number.POSITIVE_INFINITY })) {
        if (line.startsWith('data: ')) yield JSON.parse(line.slice(6));
      }
    },
  };
}

async function textOf(reply: Readable): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of reply as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

function detailOf(text: string, status: number): string {
  try {
    const { detail, errors } = JSON.parse(text) as {
      detail?: string;
      errors?: { field: string; message: string }[];
    };
    const lines = (errors ?? []).slice(0, 20).map(({ field, message }) => `  ${field}: ${message}`);
    return [detail ?? `refused (${status})`, ...(lines.length > 1 ? lines : [])].join('\n');
  } catch {
    return `refused (${status})`;
  }
}

function hinted(error: Error, path: string): Error {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'EACCES')
    return new Error(`${path} belongs to somebody else: use sudo, or the user the controller runs as`);
  if (code !== 'ENOENT' && code !== 'ECONNREFUSED') return error;
  return new Error(`no controller runs on this folder (${path}): name its data folder with --data`);
}
