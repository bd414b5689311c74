/**
 * The Door service in its subset. Doors and their wiring come from the site file, so Add sets how a wired door behaves
 * and Delete puts that back; nothing here makes or unmakes a door.
 */
import { doorFault } from '../../core/doorFault.js';
import type { StoredDoor, WriteOp } from '../../core/management.js';
import type { Actor } from '../../core/model.js';
import type { ControlStatus } from '../../core/requests.js';
import { defaultDoor } from '../../core/site.js';
import { deniedProblem, laterProblem } from '../problem.js';
import { addZones, allZones, deleteZones, surroundings, type ZoneToAdd } from '../zoneOps.js';
import { fromAction, toAction } from './actions.js';
import { type Desk, demand, nameText, type Service, some, wordsOf } from './desk.js';
import { alarmFlagsOf, setDoorAlarm } from './doorAlarms.js';
import { fromTwoPersons, toTwoPersons } from './dualAuth.js';
import { code, invalid, RpcError, type WireDoor } from './wire.js';
import { fromZone, missingGroups, toZone } from './zones.js';

/** DoorFlag: masks in a status, one of them in a command. */
const flag = { schedule: 1, emergency: 2, operator: 4 } as const;
const TIMEOUT_MAX_S = 86_400;
/** Held open, and held open by people who need longer. */
const OPEN_DEFAULT_S = 10;

type SiteDoor = Desk['context']['site']['doors'][number];

interface OfDevice {
  readonly deviceID: number;
}
interface OfDoors extends OfDevice {
  readonly doorIDs: readonly number[];
}
interface Command extends OfDoors {
  readonly doorFlag: number;
  readonly normalizeTimer?: number;
}

export function doorService(desk: Desk): Service {
  const { context, devices } = desk;
  const command = async (request: Command, what: 'lock' | 'unlock' | 'normal', by: Actor) => {
    devices.demand(request.deviceID);
    const doors = some(request.doorIDs, 'doorIDs').map((id) => numberedDoor(desk, id));
    const forMs = timerOf(request);
    const order = {
      ...({ kind: 'door-commands', doors: doors.map(({ id }) => id), command: what, by } as const),
      ...{ level: levelOf(request.doorFlag), ...(forMs === undefined ? {} : { forMs }) },
    };
    const reply = await context.control(order);
    if (reply.kind !== 'answer') return demand(laterProblem(503, 'The controller is busy.', 5));
    if (reply.answer.kind !== 'denied') return {};
    const refused = doors.find(({ id }) => reply.answer.kind === 'denied' && id === reply.answer.door);
    return demand(deniedProblem(reply.answer.reason), refused && `doorIDs: ${refused.number}: `);
  };
  return {
    GetList: async ({ deviceID }: OfDevice) => {
      devices.demand(deviceID);
      const status = await statusNow(desk);
      return { doors: numbered(desk).map((door) => fromDoor(desk, door, status)) };
    },
    GetStatus: async ({ deviceID }: OfDevice) => {
      devices.demand(deviceID);
      const status = await statusNow(desk);
      return { status: numbered(desk).map((door) => statusOf(desk, door, status)) };
    },
    Add: ({ deviceID, doors }: OfDevice & { readonly doors: readonly WireDoor[] }, by: Actor) => {
      devices.demand(deviceID);
      return addDoors(desk, some(doors, 'doors'), by);
    },
    Delete: ({ deviceID, doorIDs }: OfDoors, by: Actor) => {
      devices.demand(deviceID);
      const doors = some(doorIDs, 'doorIDs');
      return resetDoors(
        desk,
        numbered(desk).filter(({ number }) => doors.includes(Number(number))),
        by,
      );
    },
    DeleteAll: ({ deviceID }: OfDevice, by: Actor) => {
      devices.demand(deviceID);
      return resetDoors(desk, numbered(desk), by);
    },
    Lock: (request: Command, by: Actor) => command(request, 'lock', by),
    Unlock: (request: Command, by: Actor) => command(request, 'unlock', by),
    Release: (request: Command, by: Actor) => command(request, 'normal', by),
    SetAlarm: ({ deviceID, doorIDs, alarmFlag }: OfDoors & { readonly alarmFlag: number }, by: Actor) => {
      devices.demand(deviceID);
      const doors = some(doorIDs, 'doorIDs').map((id) => numberedDoor(desk, id));
      return setDoorAlarm(desk, doors, alarmFlag, by);
    },
  };
}

async function statusNow({ context }: Desk): Promise<ControlStatus> {
  const reply = await context.control({ kind: 'status' });
  if (reply.kind !== 'status') throw new RpcError(code.internal, 'The controller is busy.');
  return reply.status;
}

/** The doors that have a number, which is their doorID. */
function numbered({ context }: Desk): readonly SiteDoor[] {
  return context.site.doors.filter(({ number }) => typeof number === 'number');
}

function numberedDoor(desk: Desk, doorID: number): SiteDoor {
  const door = numbered(desk).find(({ number }) => number === doorID);
  if (door === undefined) throw new RpcError(code.notFound, `doorIDs: there is no door ${doorID}`);
  return door;
}

function levelOf(doorFlag: number): 'operator' | 'emergency' {
  if (doorFlag === flag.emergency) return 'emergency';
  if (doorFlag === flag.operator) return 'operator';
  throw invalid(
    'doorFlag',
    `${doorFlag}: give 2 (EMERGENCY) or 4 (OPERATOR); schedules are the controller's own`,
  );
}

/** How long a command stands; only an operator's may end by itself. */
function timerOf({ normalizeTimer = 0, doorFlag }: Command): number | undefined {
  if (normalizeTimer === 0) return undefined;
  if (normalizeTimer > TIMEOUT_MAX_S)
    throw invalid('normalizeTimer', `${normalizeTimer} is more than ${TIMEOUT_MAX_S} s`);
  if (doorFlag !== flag.operator) throw invalid('normalizeTimer', 'goes with doorFlag 4 (OPERATOR) only');
  return normalizeTimer * 1_000;
}

/** Behaviour of wired doors, with the zone each may carry: one write, all or nothing. */
async function addDoors(desk: Desk, sent: readonly WireDoor[], by: Actor): Promise<object> {
  const { context } = desk;
  const ops: WriteOp[] = [];
  const zones: ZoneToAdd[] = [];
  const paths: string[] = [];
  const named: string[] = [];
  for (const [index, one] of sent.entries()) {
    const path = `doors[${index}]`;
    const door = numbered(desk).find(({ number }) => number === one.doorID);
    if (door === undefined)
      throw invalid(`${path}.doorID`, `${one.doorID} is not wired: doors are in the controller's site file`);
    checkWiring(desk, one, door, path);
    const body = toDoor(desk, one, door, path);
    named.push(...(body.twoPersons?.lastInGroups ?? []));
    ops.push({ op: 'put', collection: 'doors', id: door.id, body });
    if (one.apbZone === null) continue;
    zones.push(toZone(desk, { ...one.apbZone, zoneID: one.doorID }, `${path}.apbZone`));
    paths.push(`doors.${index}.apbZone.`);
  }
  named.push(...zones.flatMap(({ zone }) => zone.bypassGroups));
  const first = [...missingGroups(desk, named), ...ops];
  demand(await addZones(context, by, zones, (at) => paths[at] ?? '', first));
  return {};
}

/** What names hardware must name what is there, or nothing. */
function checkWiring({ context, devices }: Desk, sent: WireDoor, door: SiteDoor, path: string): void {
  const ports = { relay: sent.relay, sensor: sent.sensor, button: sent.button };
  for (const [field, port] of Object.entries(ports)) {
    const deviceID = port?.deviceID ?? 0;
    if (deviceID !== 0 && deviceID !== devices.controller)
      throw invalid(
        `${path}.${field}.deviceID`,
        `${deviceID} has no wires of a door: give ${devices.controller} or 0`,
      );
  }
  if (sent.sensor?.apbUseDoorSensor === true && !door.hasContact)
    throw invalid(`${path}.sensor.apbUseDoorSensor`, 'needs a door sensor, and this door has none');
  const sides = { entryDeviceID: 'entry', exitDeviceID: 'exit' } as const;
  for (const [field, direction] of Object.entries(sides)) {
    const deviceID = field === 'entryDeviceID' ? sent.entryDeviceID : sent.exitDeviceID;
    if (deviceID === 0) continue;
    const reader = context.site.readers.find(({ id }) => id === devices.readerOf(deviceID));
    if (reader?.door === door.id && reader.direction === direction) continue;
    throw invalid(`${path}.${field}`, `${deviceID} is not the ${direction} reader of this door`);
  }
}

function toDoor(desk: Desk, sent: WireDoor, door: SiteDoor, path: string): StoredDoor {
  const before = storedDoor(desk, door);
  const unlockMs = secondsOf(sent.autoLockTimeout, 3, `${path}.autoLockTimeout`, 'to switch auto lock off');
  const heldOpenMs = openMsOf(sent.heldOpenTimeout, `${path}.heldOpenTimeout`);
  const longer = openMsOf(sent.extendedDoorOpenTime, `${path}.extendedDoorOpenTime`);
  return {
    ...keptOf(before),
    // The time of before stays, for whoever switches it on again.
    ...(unlockMs === 0 ? { autoLockOff: true } : { unlockMs }),
    ...alarmActions(desk, sent, door, path),
    ...twoPersonsOf(desk, sent, path),
    ...(door.hasContact && !sent.unconditionalLock ? { locksWhenClosed: true } : {}),
    name: nameText(sent.name, before.name, `${path}.name`),
    extendedUnlockMs: Math.max(before.extendedUnlockMs, unlockMs),
    heldOpenMs,
    extendedHeldOpenMs: Math.max(longer, heldOpenMs),
    relockOnClose: sent.instantLock,
    passageCounts: sent.sensor?.apbUseDoorSensor === true ? 'at-opening' : before.passageCounts,
  };
}

function twoPersonsOf(desk: Desk, sent: WireDoor, path: string): Pick<StoredDoor, 'twoPersons'> {
  const twoPersons = toTwoPersons(desk, sent, path);
  return twoPersons === undefined ? {} : { twoPersons };
}

/** What the alarms of the door set going; they need a sensor. */
function alarmActions(
  desk: Desk,
  sent: WireDoor,
  door: SiteDoor,
  path: string,
): Pick<StoredDoor, 'forcedActions' | 'heldActions'> {
  const listOf = (name: 'forcedOpenActions' | 'heldOpenActions') =>
    sent[name].map((action, index) => toAction(desk, action, `${path}.${name}[${index}]`));
  const actions = { forcedActions: listOf('forcedOpenActions'), heldActions: listOf('heldOpenActions') };
  const wrong = doorFault(door, actions, surroundings(desk.context, []));
  if (wrong !== undefined) throw invalid(`${path}.${wordsOf(wrong.field)}`, wrong.message);
  const { forcedActions, heldActions } = actions;
  return {
    ...(forcedActions.length === 0 ? {} : { forcedActions }),
    ...(heldActions.length === 0 ? {} : { heldActions }),
  };
}

/** What the dialect has no word for. */
function keptOf(before: StoredDoor): StoredDoor {
  const { autoLockOff: _, locksWhenClosed: __, twoPersons: ___, ...rest } = before;
  const { forcedActions: ____, heldActions: _____, ...kept } = rest;
  return kept;
}

/** How long a door may stand open; not given (0) = the default. */
function openMsOf(seconds: number, field: string): number {
  return secondsOf(seconds, 1, field, `for ${OPEN_DEFAULT_S}`) || OPEN_DEFAULT_S * 1_000;
}

/** 0 stays 0, whatever that says. */
function secondsOf(seconds: number, min: number, field: string, zero: string): number {
  if (seconds !== 0 && (seconds < min || seconds > TIMEOUT_MAX_S))
    throw invalid(field, `${seconds} s: may be ${min} to ${TIMEOUT_MAX_S}, or 0 ${zero}`);
  return seconds * 1_000;
}

/** Back to how the site file has them, with the zones of their numbers: one write. */
async function resetDoors(desk: Desk, doors: readonly SiteDoor[], by: Actor): Promise<object> {
  const { context } = desk;
  const zones = doors.map(({ number }) => Number(number));
  const ops = doors
    .filter(({ id }) => context.reads.get('doors', id) !== undefined)
    .map(({ id }): WriteOp => ({ op: 'delete', collection: 'doors', id }));
  demand(await deleteZones(context, by, zones, ops));
  return {};
}

function storedDoor({ context }: Desk, door: SiteDoor): StoredDoor {
  const found = context.reads.get('doors', door.id);
  if (found !== undefined) return found.body;
  const { hasContact: _contact, ...body } = defaultDoor(door.id, door.name, door.hasContact);
  return body;
}

function fromDoor(desk: Desk, door: SiteDoor, status: ControlStatus): object {
  const { context, devices } = desk;
  const stored = storedDoor(desk, door);
  const side = (direction: 'entry' | 'exit'): number => {
    const reader = context.site.readers.find((one) => one.door === door.id && one.direction === direction);
    return reader === undefined ? 0 : devices.deviceOf(reader.id);
  };
  const port = Number(door.number) - 1;
  const zone = allZones(context).find(({ id }) => id === door.number);
  const isAlarmed = (id: number) => status.zones.some((one) => one.id === id && one.alarmed);
  const apbUseDoorSensor = stored.passageCounts === 'at-opening';
  return {
    doorID: door.number,
    name: stored.name,
    entryDeviceID: side('entry'),
    exitDeviceID: side('exit'),
    relay: { deviceID: devices.controller, port },
    ...(door.hasContact ? { sensor: { deviceID: devices.controller, port, type: 0, apbUseDoorSensor } } : {}),
    ...(door.hasRex === true ? { button: { deviceID: devices.controller, port, type: 0 } } : {}),
    autoLockTimeout: stored.autoLockOff === true ? 0 : Math.round(stored.unlockMs / 1_000),
    heldOpenTimeout: Math.round(stored.heldOpenMs / 1_000),
    instantLock: stored.relockOnClose,
    unconditionalLock: stored.locksWhenClosed !== true,
    ...flagsOf(door, status),
    forcedOpenActions: (stored.forcedActions ?? []).flatMap((action) => fromAction(desk, action) ?? []),
    heldOpenActions: (stored.heldActions ?? []).flatMap((action) => fromAction(desk, action) ?? []),
    ...fromTwoPersons(stored.twoPersons),
    extendedDoorOpenTime: Math.round(stored.extendedHeldOpenMs / 1_000),
    ...(zone === undefined ? {} : { apbZone: fromZone(desk, zone, isAlarmed(zone.id)) }),
  };
}

/** The standing commands as masks. */
function flagsOf(door: SiteDoor, status: ControlStatus) {
  const flags = status.doors.find(({ id }) => id === door.id)?.state.flags ?? {};
  const maskOf = (value: 'locked' | 'unlocked'): number =>
    Object.entries(flag).reduce(
      (mask, [level, bit]) => mask | (flags[level as keyof typeof flag] === value ? bit : 0),
      0,
    );
  return { unlockFlags: maskOf('unlocked'), lockFlags: maskOf('locked') };
}

function statusOf({ context }: Desk, door: SiteDoor, status: ControlStatus): object {
  const now = status.doors.find(({ id }) => id === door.id)?.state;
  const openings = ['door-opened', 'door-forced'].map((kind) => {
    const [last] = context.reads.events({ order: 'desc', limit: 1, door: door.id, kind });
    return last?.wallMs ?? 0;
  });
  return {
    doorID: door.number,
    isOpen: now?.leaf === 'open',
    isUnlocked: now?.unlocked === true,
    heldOpen: now?.alarm === 'held',
    ...flagsOf(door, status),
    alarmFlags: alarmFlagsOf(door, status),
    lastOpenTime: Math.floor(Math.max(...openings) / 1_000),
  };
}
