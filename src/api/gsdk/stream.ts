/** The Event service: history by pages, live records as they happen. A slow client loses records, never holds anybody up. */
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { Desk, Service } from './desk.js';
import { recordsOf, seqOf } from './events.js';
import { code, RpcError, type WireEvent } from './wire.js';

/** Rows read at once. */
const ROWS_AT_ONCE = 500;
/** Records of one answer; a client that wants more asks again from its last ID + 1. */
const LOG_MAX = 20_000;
const QUEUE_DEFAULT = 1_000;
const QUEUE_MAX = 10_000;
const STREAMS_MAX = 32;
const U32_MAX = 0xffff_ffff;

interface OfDevice {
  readonly deviceID: number;
}

export interface Subscription {
  readonly queueSize: number;
  readonly deviceIDs: readonly number[];
  readonly eventCodes: readonly number[];
}

type Stream = Pick<ServerWritableStream<Subscription, WireEvent>, 'request' | 'write' | 'on' | 'end'>;

export interface Events {
  readonly service: Service;
  /** Begins a live stream, open until the client ends it; throws `RpcError`. */
  subscribe(stream: Stream): void;
  /** New rows stand in the log. */
  appended(): void;
  close(): void;
}

interface Client {
  readonly stream: Stream;
  readonly wants: Subscription;
  readonly queueMax: number;
  queue: WireEvent[];
  full: boolean;
}

export function createEvents(desk: Desk): Events {
  const { context, devices } = desk;
  const monitored = new Set<number>();
  const clients = new Set<Client>();
  let seen = context.reads.lastSeq();
  const device = ({ deviceID }: OfDevice): number => {
    if (devices.readerOf(deviceID) === undefined) devices.demand(deviceID);
    return deviceID;
  };
  const isMonitored = ({ deviceID }: WireEvent): boolean =>
    monitored.has(deviceID) || monitored.has(devices.controller);
  const read = (): void => {
    for (;;) {
      const rows = context.reads.events({ after: seen, order: 'asc', limit: ROWS_AT_ONCE });
      const last = rows.at(-1)?.seq;
      if (last === undefined) return;
      seen = last;
      const records = rows.flatMap((row) => recordsOf(desk, row)).filter(isMonitored);
      for (const client of clients) give(client, records, devices.controller);
    }
  };
  return {
    service: {
      EnableMonitoring: (request: OfDevice) => {
        monitored.add(device(request));
        return {};
      },
      DisableMonitoring: (request: OfDevice) => {
        monitored.delete(device(request));
        return {};
      },
      GetLog: (request: OfDevice & { readonly startEventID: number; readonly maxNumOfLog: number }) => {
        devices.demand(request.deviceID);
        return { events: history(desk, request.startEventID, request.maxNumOfLog) };
      },
    },
    subscribe: (stream) => {
      if (clients.size >= STREAMS_MAX)
        throw new RpcError(code.resourceExhausted, `${STREAMS_MAX} streams are open already`);
      const { queueSize } = stream.request;
      const queueMax = queueSize > 0 ? Math.min(queueSize, QUEUE_MAX) : QUEUE_DEFAULT;
      const client: Client = { stream, wants: stream.request, queueMax, queue: [], full: false };
      if (clients.size === 0) seen = context.reads.lastSeq();
      clients.add(client);
      stream.on('drain', () => pump(client));
      for (const end of ['cancelled', 'close', 'error']) stream.on(end, () => clients.delete(client));
    },
    appended: () => {
      if (clients.size > 0) read();
    },
    close: () => {
      for (const { stream } of clients) stream.end();
      clients.clear();
    },
  };
}

/** What a client wants of these goes into its queue; what finds no room is dropped, as the contract says. */
function give(client: Client, records: readonly WireEvent[], controller: number): void {
  const { deviceIDs, eventCodes } = client.wants;
  const all = deviceIDs.length === 0 || deviceIDs.includes(controller);
  for (const record of records) {
    if (!all && !deviceIDs.includes(record.deviceID)) continue;
    if (eventCodes.length > 0 && !eventCodes.includes(record.eventCode)) continue;
    if (client.queue.length < client.queueMax) client.queue.push(record);
  }
  if (!client.full) pump(client);
}

function pump(client: Client): void {
  client.full = false;
  while (client.queue.length > 0 && !client.full) {
    const [next] = client.queue.splice(0, 1);
    client.full = next !== undefined && !client.stream.write(next);
  }
}

/** Records from `start` on, itself included; `max` 0 = as many as one answer holds. */
function history(desk: Desk, start: number, max: number): readonly WireEvent[] {
  const limit = max === 0 ? LOG_MAX : Math.min(max, LOG_MAX);
  const found: WireEvent[] = [];
  let after = Math.max(0, seqOf(Math.min(start, U32_MAX)) - 1);
  while (found.length < limit) {
    const rows = desk.context.reads.events({ after, order: 'asc', limit: ROWS_AT_ONCE });
    const last = rows.at(-1)?.seq;
    if (last === undefined) break;
    after = last;
    for (const row of rows) found.push(...recordsOf(desk, row).filter(({ ID }) => ID >= start));
  }
  return found.slice(0, limit);
}
