/** Composition root of the control thread: configuration, hardware and threads become one running controller. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type OpenedHardware, openHardware } from '../hardware/open.js';
import type { Hardware } from '../hardware/ports.js';
import { type Backups, startBackups } from './backups.js';
import { inputsOf, locksOf, siteFormatsOf } from './config/hardwareWiring.js';
import type { SiteFile } from './config/siteSchema.js';
import { wiringOf } from './config/wiring.js';
import { type Clock, systemClock } from './control/clock.js';
import { Controller } from './control/controller.js';
import { createFineTimer } from './control/fineTimer.js';
import { createForwards, type Forwards } from './control/forwards.js';
import { createInputs, type InputDeps, type Inputs } from './control/inputs.js';
import { createLamps } from './control/lamps.js';
import { createMockControls } from './control/mockControls.js';
import { createOutputs } from './control/outputs.js';
import { createRequests, type RequestDeps, type Requests } from './control/requests.js';
import { type ServiceManager, serviceManager } from './control/serviceManager.js';
import { startWatchdog } from './control/watchdog.js';
import type { PresentedCode } from './core/forwarding.js';
import type { Reads } from './core/reads.js';
import { restoreState } from './core/restore.js';
import { watchDisk } from './diskWatch.js';
import { prepare, unprepared } from './firstStart.js';
import { hardwareRequestOf, lampWiringOf } from './hardwareRequest.js';
import { listenerOf } from './heard.js';
import { openLines } from './lineReaders.js';
import { startNightly } from './nightly.js';
import { zoneHooks } from './outbound/zoneHooks.js';
import { type OutboundNeed, type OutboundThread, startOutbound } from './outboundStart.js';
import { notePlan } from './outputPlan.js';
import { outsideFiles } from './outsideFiles.js';
import { formatsWith } from './readers/wiegand/formatTable.js';
import { databaseFile } from './storage/database.js';
import { openReads } from './storage/reads.js';
import { putInPlace } from './storage/restore.js';
import { outboundData, webData } from './threadData.js';
import { type StorageThread, startStorage, startWeb, type WebThread } from './threads.js';
import { version } from './version.js';
import { hostText } from './webNetwork.js';

export interface StartOptions {
  readonly site: SiteFile;
  /** Where it was read from: it belongs into backups. */
  readonly sitePath: string;
  readonly demo: boolean;
  readonly print: (line: string) => void;
  /** A restored backup waits to be put in place, or the disk takes writes at last: close, and start again. */
  readonly restart: () => void;
}

/** How often a disk that took no writes at the start is tried. */
const diskProbeMs = 1_000;

/** The threads and jobs that the doors speak with; each may be away. */
interface Others {
  readonly forward: OutboundThread['forward'];
  readonly requests: Pick<RequestDeps, 'changed' | 'outbound' | 'backups'>;
}

interface Doors {
  readonly controller: Controller;
  readonly requests: Requests;
  readonly forwards: Forwards;
  readonly prove: Hardware['prove'];
  /** Relays to their safe state, lines released. */
  close(): void;
}

/**
 * Starts a controller: storage, then the doors, then the web. Resolves when it serves; rejects, with everything
 * stopped again, when the database, the board or the address cannot be had.
 */
export async function start(options: StartOptions): Promise<{ close(): Promise<void> }> {
  const opened: Closer[] = [];
  try {
    await open(options, opened);
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
  return { close: () => closeAll(opened) };
}

type Closer = () => void | Promise<void>;

/** Last opened, first closed: nobody asks any more, then the doors are put safe, then everything is written. */
async function closeAll(opened: Closer[]): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close();
}

async function open({ site, sitePath, demo, print, restart }: StartOptions, opened: Closer[]): Promise<void> {
  const manager = takeServiceManager();
  mkdirSync(site.data, { recursive: true, mode: 0o700 });
  putInPlace(site.data, stampOf(Date.now()));
  const clock = systemClock({ assumeTrusted: site.clock === 'assume-trusted' });
  opened.push(clock.close);
  const session = randomUUID();
  const { thread: storage, ...found } = await startStorage({ dataDir: site.data, boot: clock.boot, session });
  opened.push(storage.close);
  const reads = readable(join(site.data, databaseFile), found.failed);
  opened.push(reads.close);
  const prepared =
    found.failed === undefined
      ? await prepare({ storage, reads, now: clock.now, demo })
      : unprepared(found.failed);
  if (found.failed !== undefined)
    opened.push(watchDisk({ dataDir: site.data, everyMs: diskProbeMs, setTimer, writable: restart }).close);
  let web: WebThread | undefined;
  let outbound: OutboundThread | undefined;
  const doors = openDoors(site, clock, storage, reads, {
    forward: (order) => outbound?.forward(order) ?? false,
    requests: {
      changed: (changed) => {
        web?.changed(changed);
        if (changed.has('hooks') || changed.has('zones')) outbound?.changed();
      },
      outbound: (ask, reply) => {
        if (outbound === undefined) reply({ kind: 'unavailable', error: 'starting' });
        else outbound.ask(ask, reply);
      },
      backups: (ask, reply) => backups.ask(ask, reply),
    },
  });
  const { controller, requests, forwards } = doors;
  const backups = backupsOf({ site, sitePath, restart }, clock, reads, requests);
  opened.push(backups.close);
  opened.push(doors.close);
  for (const fault of [found.setAside, found.logFault]) {
    if (fault !== undefined) controller.submit({ kind: 'storage-fault', fault });
  }
  controller.submit({ kind: 'started', version });
  // Doors come before the rest, and the rest must not keep whoever waits for them.
  if (manager !== undefined) opened.push(serveUnder(manager, doors));
  opened.push(nightlyOf(site, clock, controller, requests).close);
  outbound = startOutbound(outboundData(site, session), callingNeed(site, controller, reads), {
    forwarded: forwards.answered,
    doors: () => doorsNow(site, controller),
    died: (error) => controller.submit({ kind: 'outbound-restarted', error }),
  });
  opened.push(outbound.close);
  const listening = await startWeb(webData(site, session), {
    handle: requests.handle,
    died: (error) => controller.submit({ kind: 'web-restarted', error }),
  });
  web = listening.thread;
  opened.push(web.close);
  const { address, port, sha256 } = listening;
  const scheme = sha256 === undefined ? 'http' : 'https';
  print(prepared.welcome(`${scheme}://${hostText(address)}:${port}`, site.board));
  if (sha256 !== undefined) print(`Its certificate has the SHA-256 fingerprint ${sha256}.`);
}

/** When the outbound thread is wanted. */
function callingNeed(
  { readers }: SiteFile,
  controller: Controller,
  { list, lastSeq }: Pick<Reads, 'list' | 'lastSeq'>,
): OutboundNeed {
  return {
    somebodyToCall: () =>
      readers.some(({ forward }) => forward !== undefined) ||
      list('hooks', { limit: 1 }).items.length > 0 ||
      zoneHooks([...controller.site().zones.values()]).length > 0,
    lastSeq,
  };
}

function backupsOf(
  { site, sitePath, restart }: Pick<StartOptions, 'site' | 'sitePath' | 'restart'>,
  clock: Clock,
  reads: Reads,
  requests: Requests,
): Backups {
  return startBackups({
    dataDir: site.data,
    outside: outsideFiles(site, sitePath),
    timeZone: site.timeZone,
    now: clock.now,
    setting: () => reads.setting('backup'),
    note: (event, by, detail) =>
      requests.handle({ kind: 'write', write: { by, ops: [], event, detail } }, () => undefined),
    setTimer,
    restart,
  });
}

function nightlyOf(
  site: SiteFile,
  clock: Clock,
  controller: Controller,
  requests: Requests,
): { close(): void } {
  return startNightly({
    dataDir: site.data,
    timeZone: site.timeZone,
    now: clock.now,
    checked: (detail) => {
      const write = { by: { kind: 'system' }, ops: [], event: 'storage-checked', detail } as const;
      requests.handle({ kind: 'write', write }, () => undefined);
    },
    fault: (fault) => controller.submit({ kind: 'storage-fault', fault }),
    setTimer,
  });
}

/** A moment in a file's name. */
function stampOf(wallMs: number): string {
  return new Date(wallMs).toISOString().replace(/\D/g, '').slice(0, 14);
}

/** Programs we start must not speak for us. */
function takeServiceManager(): ServiceManager | undefined {
  const manager = serviceManager(process.env, process.pid);
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete process.env[name];
  return manager;
}

/** Says that doors are served, and goes on proving it; what it returns says that they will not be. */
function serveUnder({ tell, watchdogMs }: ServiceManager, { controller, prove }: Doors): Closer {
  tell('READY=1\nSTATUS=serving');
  const watchdog =
    watchdogMs === undefined
      ? undefined
      : startWatchdog({
          everyMs: watchdogMs / 4,
          setTimer,
          prove,
          overdueMs: () => controller.overdueMs(),
          feed: () => tell('WATCHDOG=1'),
        });
  return () => {
    watchdog?.close();
    tell('STOPPING=1\nSTATUS=stopping');
  };
}

/** Doors that cannot log still let people out: a database that can only be read is enough to begin. */
function readable(path: string, failed: string | undefined): Reads {
  try {
    return openReads(path);
  } catch (error) {
    if (failed === undefined) throw error;
    throw new Error(`the database cannot be opened for writing, nor read: ${failed}`);
  }
}

function openDoors(
  site: SiteFile,
  clock: Clock,
  storage: StorageThread,
  reads: Reads,
  others: Others,
): Doors {
  const wiring = wiringOf(site);
  const formats = formatsWith(siteFormatsOf(site));
  const inputWiring = inputsOf(site);
  const locks = locksOf(site);
  const { hardware, mock } = openBoard(site, clock);
  const stored = reads.site(wiring);
  const osdp = openLines({ site, hardware, clock, setTimer, told: () => ({ controller, requests, heard }) });
  const lines = osdp.lines.over(hardware);
  const outputs = createOutputs(locks, site.outputs, lines);
  const failed = (line: string) => controller.submit({ kind: 'input-fault', line, fault: 'unavailable' });
  const lamps = createLamps(lampWiringOf(site), { hardware, setTimer, failed });
  const controller = new Controller({
    site: stored,
    state: restoreState(stored, reads.stored(clock.boot), clock.now()),
    now: clock.now,
    outputs,
    store: storage.commit,
    answer: (request, answer) => requests.answered(request, answer),
    show: (reader, signal) => {
      lamps.show(reader, signal);
      osdp.show(reader, signal);
    },
    forward: (effect) => forwards.start(effect),
    setTimer,
  });
  const forwards = createForwards({
    controller,
    send: others.forward,
    doors: () => doorsNow(site, controller),
    setTimer,
  });
  let inputs: Inputs | undefined;
  const requests = createRequests({
    controller,
    findUser: reads.findUser,
    readSite: () => reads.site(wiring),
    store: (id, write) => storage.write(id, clock.now(), write),
    ...others.requests,
    forwards,
    board: site.board,
    health: () => [...(inputs?.health() ?? []), ...osdp.health()],
    osdp: osdp.ask,
    now: clock.now,
    formats,
    setTimer,
    ...(mock === undefined ? {} : { mock: createMockControls(inputWiring, mock, clock.nowUs) }),
  });
  const heard = listenerOf(controller, requests, reads);
  attach(storage, controller, requests);
  for (const [door, error] of outputs.lockAll()) controller.submit({ kind: 'output-failed', door, error });
  inputs = openInputs({ wiring: inputWiring, formats, hardware: lines, on: heard }, hardware, clock);
  osdp.start();
  return {
    controller,
    requests,
    forwards,
    prove: hardware.prove,
    close: () => {
      controller.submit({ kind: 'stopping', cause: 'asked to' });
      inputs?.close();
      osdp.close();
      controller.close();
      outputs.close();
      lamps.close();
      hardware.close();
    },
  };
}

/** The board's lines and those of its readers, from the level they have now on. */
function openInputs(
  what: Pick<InputDeps, 'wiring' | 'formats' | 'hardware' | 'on'>,
  board: Hardware,
  { now, nowUs }: Clock,
): Inputs {
  return createInputs({
    ...what,
    nowUs,
    nowWallMs: () => now().wallMs,
    setTimer: createFineTimer({ nowUs, setTimer, nextTurn: setImmediate }),
    afterDelivery: (run) => setImmediate(() => afterAll(board, run)),
  });
}

function attach(storage: StorageThread, controller: Controller, requests: Requests): void {
  storage.attach({
    committed: (through) => controller.committed(through),
    written: requests.written,
    recovered: (through) => controller.storageRecovered(through),
    failed: (error) => {
      controller.storageFailed(error);
      requests.storageGone(error);
    },
  });
}

/** Notes the outputs before they are taken, for who puts them safe if this process cannot. */
function openBoard(site: SiteFile, clock: Clock): OpenedHardware {
  const request = hardwareRequestOf(site);
  notePlan(process.env['RUNTIME_DIRECTORY'], request);
  return openHardware(request, { nowUs: clock.nowUs, setTimer });
}

function afterAll(hardware: Hardware, run: () => void): void {
  hardware.deliver();
  run();
}

/** Doors as they stand, by DoorNum. */
function doorsNow(site: SiteFile, controller: Controller): PresentedCode['doors'] {
  return site.doors.flatMap(({ id, number }) => {
    const state = controller.state().doors.get(id);
    if (state === undefined) return [];
    const { unlocked, leaf, alarm } = state;
    return [{ number, unlocked, open: leaf === 'open', alarm: alarm !== 'none' }];
  });
}

function setTimer(run: () => void, afterMs: number): () => void {
  const timer = setTimeout(run, afterMs);
  return () => clearTimeout(timer);
}
