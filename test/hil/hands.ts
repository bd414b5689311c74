/** Hands at the doors of the loop's site, and eyes on their relays. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { encode } from '../../src/readers/wiegand/formats.js';
import { wiegandFormats } from '../../src/readers/wiegand/formatTable.js';
import { cards, contact, facility, fire, readers, relay, rex, tamper } from './loopSite.js';
import { changesOf, type Frame, forgetChanges, lineState, playFrames, setLevel, until } from './simgpio.js';
import { isServing, systemctl, useSite } from './unit.js';

export function bitsOf(number: number): string {
  const format = wiegandFormats.get('H10301');
  assert.ok(format !== undefined);
  const encoded = encode(format, { facility, number: String(number) });
  assert.ok(encoded.ok);
  return encoded.bits;
}

/** A frame of the loop's own format, put together here a second time: a number between its two check bits. */
export function longBits(number: string): string {
  const data = BigInt(number).toString(2).padStart(254, '0');
  const ones = (text: string) => text.replaceAll('0', '').length;
  return `${ones(data.slice(0, 127)) % 2}${data}${1 - (ones(data.slice(127)) % 2)}`;
}

export function frame(reader: number, card: number, startUs: number, spacingUs = 1_000): Frame {
  const { d0, d1 } = readers[reader] ?? assert.fail(`no reader ${reader}`);
  return { d0, d1, bits: bitsOf(cards[card % cards.length] ?? 0), startUs, spacingUs };
}

export const isUnlocked = (line: number) => lineState(line) === 'out 1';
export const isLocked = (line: number) => lineState(line) === 'out 0';

/** However long the longest pulse is; seldom looked at, because the guest's idle time costs nothing but its looks do. */
export async function untilLocked(): Promise<void> {
  await until('lobby locked', () => isLocked(relay.lobby), 90_000, 100);
}

/** A card at the lobby until its relay is energised. */
export async function openLobby(): Promise<void> {
  await untilLocked();
  await playFrames([frame(0, 0, 1_000)]);
  await until('lobby unlocked', () => isUnlocked(relay.lobby));
}

/** The leaf opens and closes, and with it the door locks again. */
export async function passGarage(): Promise<void> {
  setLevel(contact, 1);
  await sleep(100);
  setLevel(contact, 0);
  await sleep(100);
}

/** As wired and left alone: data lines idle high, the door and housings closed, nobody at the button, no fire. */
export function restLines(): void {
  for (const { d0, d1 } of readers) {
    setLevel(d0, 1);
    setLevel(d1, 1);
  }
  setLevel(contact, 0);
  setLevel(rex, 1);
  setLevel(fire, 0);
  setLevel(tamper, 0);
}

/** Starts the service with this site file, unless it serves it already. */
export async function serve(site: string): Promise<void> {
  if (await isServing(site)) return;
  await systemctl('stop', 'sallyport');
  restLines();
  useSite(site);
  forgetChanges();
  await systemctl('start', 'sallyport');
}

/** A button, pressed until the lobby is unlocked; milliseconds to its relay. */
export async function pressRex(): Promise<number> {
  await untilLocked();
  const pressedNs = process.hrtime.bigint();
  forgetChanges();
  setLevel(rex, 0);
  await until('lobby unlocked', () => isUnlocked(relay.lobby));
  setLevel(rex, 1);
  return msUntil(relay.lobby, pressedNs);
}

/** Milliseconds from a moment to the first change of an output since `forgetChanges`. */
export function msUntil(line: number, sinceNs: bigint): number {
  return Number((changesOf(line)[0]?.ns ?? 0n) - sinceNs) / 1e6;
}
