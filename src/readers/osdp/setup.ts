/** After every return: who are you, what can you do, how do you stand; then lights and outputs as they should be. */
import type { Command } from './commands.js';
import type { BusEvent, Device } from './events.js';
import { frameBytesMax } from './frame.js';
import { capability, type Peripheral, setAlarm } from './peripheral.js';

const functionInputs = 1;
const functionOutputs = 2;
const functionSecurity = 9;

/** Asked in clear of readers without Secure Channel, else inside the session, where it can be believed. */
export function setupCommands(): readonly Command[] {
  return [
    { kind: 'id' },
    { kind: 'capabilities' },
    { kind: 'receiveSize', bytes: frameBytesMax },
    { kind: 'localStatus' },
    { kind: 'inputStatus' },
    { kind: 'outputStatus' },
    { kind: 'readerStatus' },
  ];
}

/** The commands of set-up that this reader has nothing to say to. */
export function isIdle(peripheral: Peripheral, command: Command): boolean {
  if (command.kind === 'inputStatus') return (capability(peripheral, functionInputs)?.count ?? 0) === 0;
  if (command.kind === 'outputStatus') return (capability(peripheral, functionOutputs)?.count ?? 0) === 0;
  return false;
}

/** A reader that must speak sealed and says it cannot is an alarm, never a reason to speak in clear. */
export function checkDowngrade(peripheral: Peripheral, events: BusEvent[]): void {
  const security = capability(peripheral, functionSecurity);
  const cannot = peripheral.capabilities.length > 0 && ((security?.level ?? 0) & 1) === 0;
  // Words in clear raise the alarm; only words in a session end it.
  if (peripheral.secure === 'required' && (cannot || peripheral.session !== undefined))
    setAlarm(peripheral, 'capability-downgrade', cannot, events);
}

export function finishSetup(peripheral: Peripheral, events: BusEvent[]): void {
  peripheral.phase = { kind: 'online' };
  peripheral.refusals = 0;
  peripheral.restarts = 0;
  peripheral.unsupported.clear();
  checkDevice(peripheral, events);
  setAlarm(peripheral, 'key-refused', false, events);
  setAlarm(peripheral, 'security-required', false, events);
  const restored: readonly Command[] = [...peripheral.leds.values(), ...peripheral.wanted.values()];
  peripheral.waiting.unshift(...restored.map((command) => ({ command })));
}

/** Is it who it was when it was paired? The first one after pairing is the one to remember. */
export function checkDevice(peripheral: Peripheral, events: BusEvent[]): void {
  const { id, identity, known, clientId } = peripheral;
  if (identity === undefined) return;
  const { vendor, serial } = identity;
  const device: Device = { vendor, serial, ...(clientId === undefined ? {} : { clientId }) };
  if (known !== undefined && isOther(known, device)) {
    setAlarm(peripheral, 'device-changed', true, events, { was: known, is: device });
    return;
  }
  setAlarm(peripheral, 'device-changed', false, events);
  if (known !== undefined && known.clientId === clientId) return;
  peripheral.known = device;
  events.push({ id, kind: 'identity', device });
}

function isOther(known: Device, device: Device): boolean {
  const differ = known.clientId !== undefined && device.clientId !== known.clientId;
  return differ || known.serial !== device.serial || known.vendor !== device.vendor;
}
