/** What a believed reply tells the site. States are told when they change, and first when they are abnormal. */
import type { BusEvent } from './events.js';
import type { Peripheral } from './peripheral.js';
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
    case 'localStatus':
      reportTamper(peripheral, reply.tamper, events);
      reportPower(peripheral, reply.powerFail, events);
      return;
    case 'readerStatus':
      // 2 = tamper, also told by readers whose housing is another than their antenna's.
      if (reply.readers.includes(2)) reportTamper(peripheral, true, events);
      return;
    case 'inputStatus':
      reportInputs(peripheral, reply.inputs, events);
      return;
    case 'outputStatus':
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

function reportTamper(peripheral: Peripheral, active: boolean, events: BusEvent[]): void {
  if (active === (peripheral.tamper ?? false)) return;
  peripheral.tamper = active;
  events.push({ id: peripheral.id, kind: 'tamper', active });
}

function reportPower(peripheral: Peripheral, failed: boolean, events: BusEvent[]): void {
  if (failed === (peripheral.powerFail ?? false)) return;
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
  peripheral.inputs = inputs.slice(0, 64);
  for (const [input, state] of peripheral.inputs.entries()) {
    if (before[input] !== state) events.push({ id: peripheral.id, kind: 'input', input, state, first });
  }
}

function reportOutputs(peripheral: Peripheral, outputs: readonly boolean[], events: BusEvent[]): void {
  const before = peripheral.outputs;
  peripheral.outputs = outputs.slice(0, 64);
  for (const [output, on] of peripheral.outputs.entries()) {
    if (before[output] !== on) events.push({ id: peripheral.id, kind: 'output', output, on });
  }
}
