/** Commands that wait for their reader: few, the newest of a kind for one light, sounder or output. */
import { type Command, commandData } from './commands.js';
import type { BusEvent, CommandResult } from './events.js';
import { type Peripheral, receiveBytesOf } from './peripheral.js';
import { sealedBytes } from './secure.js';

const waitingMax = 32;

export function enqueue(
  peripheral: Peripheral,
  command: Command,
  job: number | undefined,
  events: BusEvent[],
): void {
  remember(peripheral, command);
  const refused = refusal(peripheral, command);
  if (refused !== undefined) {
    end(peripheral, job, refused, events);
    return;
  }
  const key = sameAs(command);
  const older = key === undefined ? -1 : peripheral.waiting.findIndex((one) => sameAs(one.command) === key);
  const [replaced] = older < 0 ? [] : peripheral.waiting.splice(older, 1);
  if (replaced !== undefined) end(peripheral, replaced.job, 'done', events);
  const merged = merge(replaced?.command, command);
  peripheral.waiting.push(job === undefined ? { command: merged } : { command: merged, job });
}

/** A light has two halves, and the newer of each counts. */
function merge(older: Command | undefined, newer: Command): Command {
  return older?.kind === 'led' && newer.kind === 'led' ? { ...older, ...newer } : newer;
}

/** The link is lost: nobody waits for what will not be done. */
export function failWaiting(peripheral: Peripheral, events: BusEvent[]): void {
  for (const { job } of peripheral.waiting.splice(0)) end(peripheral, job, 'offline', events);
  const { file } = peripheral;
  peripheral.file = undefined;
  if (file !== undefined) end(peripheral, file.job, 'offline', events);
}

function refusal(peripheral: Peripheral, command: Command): CommandResult | undefined {
  const { phase, renewing, unsupported, waiting } = peripheral;
  if (phase.kind !== 'online' && !renewing) return 'offline';
  if (unsupported.has(refusalName(command))) return 'refused';
  if (sealedBytes(commandData(command).length) > receiveBytesOf(peripheral)) return 'too-long';
  return waiting.length >= waitingMax && sameAs(command) === undefined ? 'full' : undefined;
}

/** What a reader that does not know this command is not told again: of vendors' commands this one of this vendor. */
export function refusalName(command: Command): string {
  if (command.kind !== 'manufacturer') return command.kind;
  return `${command.kind} ${[...command.oui, command.data[0] ?? ''].join(' ')}`;
}

/** Lights that stay and outputs are told again whenever the reader comes back. */
function remember(peripheral: Peripheral, command: Command): void {
  // What lasts for a time is not repeated later: nobody may want it any more.
  if (command.kind === 'output') peripheral.wanted.delete(command.output);
  if (command.kind === 'output' && command.forMs === undefined)
    peripheral.wanted.set(command.output, command);
  if (command.kind !== 'led' || command.permanent === undefined) return;
  const { kind, reader, led, permanent } = command;
  peripheral.leds.set(`${reader}/${led}`, { kind, reader, led, permanent });
}

/** Two commands with one name undo each other: the newer is enough. */
function sameAs(command: Command): string | undefined {
  switch (command.kind) {
    case 'led':
      return `led ${command.reader}/${command.led}`;
    case 'buzzer':
      return `${command.kind} ${command.reader}`;
    case 'text':
      return `${command.kind} ${command.reader} ${command.forSeconds === undefined ? 'permanent' : 'temporary'}`;
    case 'output':
      return `output ${command.output}`;
    default:
      return undefined;
  }
}

function end({ id }: Peripheral, job: number | undefined, result: CommandResult, events: BusEvent[]): void {
  if (job !== undefined) events.push({ id, kind: 'job', job, result });
}
