/** After every return: who are you, what can you do, how do you stand; then lights and outputs as they should be. */
import type { Command } from './commands.js';
import type { BusEvent } from './events.js';
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
  const { id, identity, known, capabilities } = peripheral;
  peripheral.phase = { kind: 'online' };
  peripheral.refusals = 0;
  peripheral.restarts = 0;
  peripheral.unsupported.clear();
  if (identity !== undefined) {
    events.push({ id, kind: 'identity', identity, capabilities });
    const changed =
      known !== undefined && (known.serial !== identity.serial || known.vendor !== identity.vendor);
    setAlarm(peripheral, 'device-changed', changed, events);
    if (known === undefined) peripheral.known = { vendor: identity.vendor, serial: identity.serial };
  }
  setAlarm(peripheral, 'key-refused', false, events);
  setAlarm(peripheral, 'security-required', false, events);
  const restored: readonly Command[] = [...peripheral.leds.values(), ...peripheral.wanted.values()];
  peripheral.waiting.unshift(...restored.map((command) => ({ command })));
}
