/**
 * Live events: each client is a position in the log, and rows are read from there in batches, so a stream
 * that was away misses nothing and a slow one holds nobody up.
 */
import type { ServerResponse } from 'node:http';
import { callerByHash } from './auth.js';
import type { Context } from './context.js';
import { eventView } from './events.js';
import { localTokenHash } from './route.js';

export interface Live {
  /** Begins a stream after `after` (or now); false = no room. */
  join(response: ServerResponse, tokenHash: string, after: number | undefined): boolean;
  /** New rows stand in the log. */
  appended(): void;
  /** Ends the streams whose token is no longer good. */
  checkTokens(): void;
  /** Streams there are. */
  count(): number;
  close(): void;
}

interface Client {
  readonly response: ServerResponse;
  readonly tokenHash: string;
  after: number;
}

interface Batch {
  /** Made once for all who are at the same place. */
  readonly bytes: Buffer;
  readonly last: number;
}

const batchRows = 200;
const batchesAtOnce = 4;
const gatherMs = 20;
/** Clients written to in one go: whoever asks for something waits no longer than for these. */
const clientsAtOnce = 64;
const heartbeatMs = 15_000;
/** A client this far behind in its socket is read for again when it has caught up. */
const unsentMaxBytes = 256 * 1_024;

/** No streams yet; there may be `clientsMax`. */
export function createLive(context: Context, clientsMax: number): Live {
  const clients = new Set<Client>();
  const { pump, gather, stop } = createPump(context, clients);
  const checkTokens = () => {
    for (const client of clients) {
      if (client.tokenHash === localTokenHash || callerByHash(context, client.tokenHash) !== undefined)
        continue;
      clients.delete(client);
      client.response.end();
    }
  };
  const heartbeat = setInterval(() => {
    checkTokens();
    for (const { response } of clients) {
      // Stuck: the client comes back with its Last-Event-ID when it can read again.
      if (response.writableLength >= unsentMaxBytes) response.destroy();
      else response.write(':\n\n');
    }
  }, heartbeatMs);
  heartbeat.unref();

  return {
    join(response, tokenHash, after) {
      if (clients.size >= clientsMax) return false;
      const last = context.reads.lastSeq();
      const client = { response, tokenHash, after: Math.min(after ?? last, last) };
      clients.add(client);
      // Ends with its connection, so that no chunk is framed: what is new goes to every client as the same bytes.
      response.removeHeader('Transfer-Encoding');
      response.writeHead(200, {
        Connection: 'close',
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-store',
        'X-Accel-Buffering': 'no',
      });
      response.write('retry: 2000\n\n');
      response.on('drain', () => {
        if (clients.has(client)) pump(client);
      });
      response.on('close', () => clients.delete(client));
      pump(client);
      return true;
    },
    appended() {
      if (clients.size > 0) gather();
    },
    checkTokens,
    count: () => clients.size,
    close() {
      clearInterval(heartbeat);
      stop();
      for (const { response } of clients) response.end();
      clients.clear();
    },
  };
}

interface Pump {
  /** Writes what is new to one client, as far as its socket takes it. */
  pump(client: Client): void;
  /** Soon writes what is new to every client. */
  gather(): void;
  stop(): void;
}

function createPump(context: Context, clients: ReadonlySet<Client>): Pump {
  let gathering: NodeJS.Timeout | undefined;
  const gather = () => {
    gathering ??= setTimeout(pumpAll, gatherMs);
  };
  const pump = (client: Client, batches = new Map<number, Batch | undefined>()) => {
    for (let batchCount = 0; client.response.writableLength < unsentMaxBytes; batchCount += 1) {
      // A stream that starts at the beginning of a long log takes turns with everybody else.
      if (batchCount >= batchesAtOnce) return gather();
      if (!batches.has(client.after)) batches.set(client.after, batchAfter(context, client.after));
      const batch = batches.get(client.after);
      if (batch === undefined) return;
      client.after = batch.last;
      client.response.write(batch.bytes);
    }
  };
  const pumpAll = () => {
    gathering = undefined;
    // Clients at the same place share what is read.
    const batches = new Map<number, Batch | undefined>();
    const waiting = [...clients];
    const pumpSome = () => {
      for (const client of waiting.splice(0, clientsAtOnce)) {
        if (clients.has(client)) pump(client, batches);
      }
      if (waiting.length > 0) setImmediate(pumpSome);
    };
    pumpSome();
  };
  return { pump, gather, stop: () => clearTimeout(gathering) };
}

function batchAfter(context: Context, after: number): Batch | undefined {
  const events = context.reads.events({ after, order: 'asc', limit: batchRows });
  const last = events.at(-1)?.seq;
  if (last === undefined) return undefined;
  const text = events
    .map((event) => `id: ${event.seq}\nevent: ${event.kind}\ndata: ${JSON.stringify(eventView(event))}\n\n`)
    .join('');
  return { bytes: Buffer.from(text), last };
}
