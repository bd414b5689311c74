/**
 * The outbound thread: calls other devices and services. On its own, so that a receiver that is slow, hostile or
 * away is never met by a door or by an operator's page.
 */
import { randomBytes } from 'node:crypto';
import { BroadcastChannel, parentPort, workerData } from 'node:worker_threads';
import { pino } from 'pino';
import type { OutboundAnswer, OutboundAsk } from './core/hooks.js';
import type { Collections } from './core/management.js';
import { giveWay } from './giveWay.js';
import { createDeliveries, type Deliveries } from './outbound/deliveries.js';
import { createForwarder } from './outbound/forwarder.js';
import { createForwards, type ForwardingReader, type ScheduleOf } from './outbound/forwards.js';
import type { FromOutbound, ToOutbound } from './outbound/messages.js';
import { notify } from './outbound/notify.js';
import { openOutbox } from './outbound/outbox.js';
import { passSchedule } from './outbound/passSchedule.js';
import { type DoorNow, deviceVariables, type ReaderPlace } from './outbound/variables.js';
import { zoneHooks } from './outbound/zoneHooks.js';
import { openReads } from './storage/reads.js';
import { Sqlite } from './storage/sqlite.js';

export interface OutboundData {
  readonly dbPath: string;
  readonly outboxPath: string;
  readonly session: string;
  readonly version: string;
  readonly readers: readonly ForwardingReader[];
  readonly places: readonly ReaderPlace[];
  readonly timeZone: string;
  readonly doors: readonly { readonly id: string; readonly number: number | string }[];
  /** Hooks nobody has seen before begin after this row; absent = after the last one there is. */
  readonly since?: number;
}

/** After the outbox failed it is opened again. */
const reopenMs = 10_000;
const hooksMax = 1_000;

const port = parentPort;
if (port === null) throw new Error('outboundThread.js runs as a worker thread, not as a program.');
giveWay();
const data = workerData as OutboundData;
const log = pino({ name: 'sallyport-outbound', base: null }, pino.destination({ dest: 2, sync: false }));
const reads = openReads(data.dbPath);
const grown = new BroadcastChannel(`sallyport-${data.session}`);
const tell = (message: FromOutbound): void => port.postMessage(JSON.stringify(message));
const cnonce = (): string => randomBytes(8).toString('hex');
const wallMs = (): number => Date.now();

/** Asked each time: an address may come after the start. */
const device = () => deviceVariables(data.version);
const readers = new Map(data.places.map((place) => [place.id, place]));
const doorNumbers = new Map(data.doors.map(({ id, number }) => [id, number]));
const scheduleOf: ScheduleOf = (passing) => passSchedule(reads, data.timeZone, passing);

/** Questions how the doors stand; the control thread answers at once. */
const doorsAsked = new Map<number, (doors: readonly DoorNow[]) => void>();
let nextQuestion = 1;
const doors = (): Promise<readonly DoorNow[]> =>
  new Promise((resolve) => {
    const id = nextQuestion++;
    doorsAsked.set(id, resolve);
    tell({ kind: 'doors', id });
  });

const forward = createForwards({
  readers: data.readers,
  device,
  scheduleOf,
  findUser: (id) => reads.get('users', id)?.body,
  wallMs,
  forwarder: createForwarder({ nowMs: () => performance.now(), cnonce }),
});

function stored<C extends 'hooks' | 'zones'>(collection: C): readonly Collections[C][] {
  return reads.list(collection, { limit: hooksMax }).items.map(({ body }) => body);
}

/** Forwarded swipes do not need the outbox: they go on while it cannot be had. */
let open: { readonly deliveries: Deliveries; close(): void } | undefined;
let ending = false;
let { since } = data;
openDeliveries();

function openDeliveries(): void {
  if (ending) return;
  try {
    const outbox = openOutbox(
      Sqlite,
      data.outboxPath,
      new Date(wallMs()).toISOString().replace(/\D/g, '').slice(0, 14),
    );
    const deliveries = createDeliveries({
      reads,
      outbox,
      hooks: () => [...stored('hooks'), ...zoneHooks(stored('zones'))],
      send: (hook, event) =>
        notify(hook, event, { device, doorNumbers, readers, doors, scheduleOf, cnonce, wallMs }),
      wallMs,
      random: Math.random,
      setTimer,
      failed: reopen,
    });
    open = {
      deliveries,
      close: () => {
        deliveries.close();
        outbox.close();
      },
    };
    deliveries.reload(since);
    since = undefined;
  } catch (error) {
    reopen(error);
  }
}

function reopen(error: unknown): void {
  log.error({ err: error }, 'the outbox failed; hooks wait, and it is opened again');
  const before = open;
  open = undefined;
  before?.close();
  setTimer(openDeliveries, reopenMs);
}

function guarded(act: (deliveries: Deliveries) => void): void {
  try {
    if (open !== undefined) act(open.deliveries);
  } catch (error) {
    reopen(error);
  }
}

async function answer(ask: OutboundAsk): Promise<OutboundAnswer> {
  try {
    if (open !== undefined) return await open.deliveries.ask(ask);
  } catch (error) {
    reopen(error);
  }
  return { kind: 'unavailable', error: 'the outbox cannot be used' };
}

function setTimer(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

grown.onmessage = () => guarded((deliveries) => deliveries.wake());
port.on('message', (text: string) => {
  const message = JSON.parse(text) as ToOutbound;
  switch (message.kind) {
    case 'forward':
      void forward(message.order).then((forwarded) => tell({ kind: 'forwarded', answer: forwarded }));
      return;
    case 'ask':
      void answer(message.ask).then((answered) =>
        tell({ kind: 'answered', id: message.id, answer: answered }),
      );
      return;
    case 'doors':
      doorsAsked.get(message.id)?.(message.doors);
      doorsAsked.delete(message.id);
      return;
    case 'changed':
      guarded((deliveries) => deliveries.reload());
      return;
    case 'close':
      ending = true;
      grown.close();
      open?.close();
      // Calls on their way would hold the thread; what they did not confirm is sent again after the next start.
      process.exit(0);
  }
});
