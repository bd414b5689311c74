/** What a believed reply tells the site. States are told when they change, and first when they are abnormal. */
import type { BusEvent, StatusKind } from './events.js';
import { capability, type Peripheral, setAlarm } from './peripheral.js';
import type { Reply } from './replies.js';

export function report(
  peripheral: Peripheral,
  reply: Reply,
  events: BusEvent[],
  job: number | undefined,
): void {
  const { id } = peripheral;
  switch (reply.kind) {
    case 'raw':
      events.push({ id, kind: 'card', reader: reply.reader, bits: reply.bits });
      return;
    case 'too-long':
      events.push({ id, kind: 'unreadable', fault: 'too-long', bits: reply.bits });
      return;
    case 'formatted':
      events.push({ id, kind: 'formatted', reader: reply.reader, text: reply.text });
      return;
    case 'keypad':
      if (reply.keys.length > 0) events.push({ id, kind: 'keys', reader: reply.reader, keys: reply.keys });
      return;
    case 'noted':
      peripheral.counters.noted++;
      return;
    case 'localStatus':
      noteLength(peripheral, reply.kind, reply.bytes, events);
      reportTamper(peripheral, { housingTamper: reply.tamper }, events);
      reportPower(peripheral, reply.powerFail, events);
      return;
    case 'readerStatus':
      noteLength(peripheral, reply.kind, reply.readers.length, events);
      reportHeads(peripheral, reply.readers, events);
      return;
    case 'inputStatus':
      noteLength(peripheral, reply.kind, reply.inputs.length, events);
      reportInputs(peripheral, reply.inputs, events);
      return;
    case 'outputStatus':
      noteLength(peripheral, reply.kind, reply.outputs.length, events);
      reportOutputs(peripheral, reply.outputs, events);
      return;
    case 'id':
      peripheral.identity = reply.identity;
      return;
    case 'capabilities':
      peripheral.capabilities = reply.list;
      return;
    case 'manufacturer': {
      const { oui, data } = reply;
      events.push({ id, kind: 'manufacturer', oui, data, ...(job === undefined ? {} : { job }) });
      return;
    }
    default:
      return;
  }
}

/** Capability functions whose count is how many bytes a status has. */
const functionOf = { inputStatus: 1, outputStatus: 2, readerStatus: 13 } as const;
const localStatusBytes = 2;

/** Told once a run for each kind: such readers are a nuisance, not a danger. */
function noteLength(peripheral: Peripheral, status: StatusKind, bytes: number, events: BusEvent[]): void {
  const announced =
    status === 'localStatus' ? localStatusBytes : capability(peripheral, functionOf[status])?.count;
  if (announced === undefined || announced === bytes) return;
  peripheral.counters.oddStatus++;
  if (peripheral.oddTold.has(status)) return;
  peripheral.oddTold.add(status);
  events.push({ id: peripheral.id, kind: 'odd-status', status, bytes, announced });
}

/** A reader that cannot say how it stands is not in the state that the one before it was in. */
export function reportNone(peripheral: Peripheral, status: StatusKind, events: BusEvent[]): void {
  if (status === 'localStatus') reportTamper(peripheral, { housingTamper: false }, events);
  if (status === 'localStatus') reportPower(peripheral, false, events);
  if (status === 'readerStatus') reportHeads(peripheral, [], events);
}

/** One byte for each head: 1 = not connected, 2 = tampered with. A head may have a housing of its own. */
function reportHeads(peripheral: Peripheral, heads: readonly number[], events: BusEvent[]): void {
  reportTamper(peripheral, { headTamper: heads.includes(2) }, events);
  setAlarm(peripheral, 'head-missing', heads.includes(1), events);
}

function reportTamper(
  peripheral: Peripheral,
  now: Partial<Pick<Peripheral, 'housingTamper' | 'headTamper'>>,
  events: BusEvent[],
): void {
  Object.assign(peripheral, now);
  const active = peripheral.housingTamper || peripheral.headTamper;
  if (active === peripheral.tamper) return;
  peripheral.tamper = active;
  events.push({ id: peripheral.id, kind: 'tamper', active });
}

function reportPower(peripheral: Peripheral, failed: boolean | undefined, events: BusEvent[]): void {
  if (failed === undefined || failed === (peripheral.powerFail ?? false)) return;
  peripheral.powerFail = failed;
  events.push({ id: peripheral.id, kind: 'power', failed });
}

/** Takes what is there: some readers send more or fewer than they announced. */
function reportInputs(
  peripheral: Peripheral,
  inputs: Extract<Reply, { kind: 'inputStatus' }>['inputs'],
  events: BusEvent[],
): void {
  const before = peripheral.inputs;
  const first = peripheral.phase.kind !== 'online';
  peripheral.inputs = [...inputs, ...before.slice(inputs.length)].slice(0, 64);
  for (const [input, state] of peripheral.inputs.entries()) {
    if (before[input] !== state) events.push({ id: peripheral.id, kind: 'input', input, state, first });
  }
}

function reportOutputs(peripheral: Peripheral, outputs: readonly boolean[], events: BusEvent[]): void {
  const before = peripheral.outputs;
  peripheral.outputs = [...outputs, ...before.slice(outputs.length)].slice(0, 64);
  for (const [output, on] of peripheral.outputs.entries()) {
    if (before[output] !== on) events.push({ id: peripheral.id, kind: 'output', output, on });
  }
}
