/**
 * The way into Secure Channel: which key to try, the two steps, and what follows a refusal. There is no way back to
 * clear words or to the default key: the default is tried only while an operator has armed this reader.
 */
import type { BusEvent } from './events.js';
import { isArmed, type KeyName, type Peripheral, setAlarm } from './peripheral.js';
import type { Reply } from './replies.js';
import {
  clientCryptogram,
  defaultKey,
  initialMac,
  type OsdpCrypto,
  randomBytes,
  serverCryptogram,
  sessionKeys,
} from './secure.js';
import { checkDevice } from './setup.js';

/** What every step of a conversation is given. */
export interface Scene {
  readonly crypto: OsdpCrypto;
  readonly nowMs: number;
  readonly events: BusEvent[];
}

/** Waits after refused handshakes: 1, 2, 5, then 30 s. */
const holdsMs = [1_000, 2_000, 5_000, 30_000] as const;
/** A reader may be writing its flash after KEYSET. */
const afterKeysetMs = [0, 500, 1_000, 2_000] as const;
const restartsMax = 4;
const sealFailuresMax = 3;
const sealWindowMs = 60_000;

/** The first thing to say to a reader that is new, returned, or lost its session. */
export function begin(peripheral: Peripheral, scene: Scene): void {
  peripheral.session = undefined;
  peripheral.exchange = undefined;
  const [first] = candidates(peripheral, scene.nowMs);
  if (peripheral.secure === 'off' || first === undefined || (first === 'default' && !peripheral.answered)) {
    peripheral.phase = { kind: 'hello', step: 'id' };
    return;
  }
  challenge(peripheral, first, scene);
}

/** Starts over at number 0: the reader forgets session and number alike. One that asks for it again and again waits. */
export function restart(peripheral: Peripheral, scene: Scene): void {
  peripheral.sqn = 0;
  peripheral.renewing = false;
  peripheral.restarts++;
  begin(peripheral, scene);
  if (peripheral.restarts > restartsMax) hold(peripheral, scene);
}

/** A session ended before its time; too many broken seals are an attack or a broken line, and are slowed. */
export function sessionOver(peripheral: Peripheral, why: 'seal' | 'clear', scene: Scene): void {
  peripheral.counters.sessionDrops++;
  restart(peripheral, scene);
  if (why !== 'seal') return;
  // While the alarm lasts every one counts, so that the waits grow: a seal has 32 bits, and the waits are what guards it.
  const lasts = peripheral.alarms.has('seal-failures');
  const recent = peripheral.sealFailuresMs.filter((at) => lasts || at > scene.nowMs - sealWindowMs);
  peripheral.sealFailuresMs = [...recent, scene.nowMs].slice(-sealFailuresMax - holdsMs.length);
  if (peripheral.sealFailuresMs.length <= sealFailuresMax) return;
  setAlarm(peripheral, 'seal-failures', true, scene.events);
  hold(peripheral, scene, peripheral.sealFailuresMs.length - sealFailuresMax - 1);
}

/** A session that held for as long as failures are counted ends their alarm. */
export function noteCalm(peripheral: Peripheral, { nowMs, events }: Scene): void {
  const lastMs = peripheral.sealFailuresMs.at(-1);
  if (lastMs === undefined || nowMs - lastMs < sealWindowMs || peripheral.phase.kind !== 'online') return;
  peripheral.sealFailuresMs = [];
  setAlarm(peripheral, 'seal-failures', false, events);
}

/** Another try with the running number: a renewed session, or the key that was just set. */
export function challenge(peripheral: Peripheral, key: KeyName, { crypto }: Pick<Scene, 'crypto'>): void {
  peripheral.phase = { kind: 'challenge', key, rndA: crypto.random(randomBytes) };
  peripheral.session = undefined;
}

/** The keys worth trying, best first. */
export function candidates(peripheral: Peripheral, nowMs: number): readonly KeyName[] {
  const { keys } = peripheral;
  return [
    ...(keys.pending === undefined ? [] : (['pending'] as const)),
    ...(keys.active === undefined ? [] : (['active'] as const)),
    ...(isArmed(peripheral, nowMs) ? (['default'] as const) : []),
  ];
}

/** CCRYPT came: does the reader know the key? */
export function takeChallengeReply(
  peripheral: Peripheral,
  reply: Reply & { readonly kind: 'challenge' },
  scene: Scene,
): void {
  const { phase } = peripheral;
  if (phase.kind !== 'challenge') return;
  const { crypto } = scene;
  const scbk = keyOf(peripheral, phase.key);
  if (scbk === undefined) {
    refuse(peripheral, scene);
    return;
  }
  const keys = sessionKeys(crypto, scbk, phase.rndA);
  if (!crypto.equal(clientCryptogram(crypto, keys, phase.rndA, reply.rndB), reply.cryptogram)) {
    refuse(peripheral, scene);
    return;
  }
  const server = serverCryptogram(crypto, keys, phase.rndA, reply.rndB);
  peripheral.clientId = hexOf(reply.clientId);
  peripheral.phase = { kind: 'cryptogram', key: phase.key, keys, server };
}

/** RMAC_I came: it must be the one only this key gives. */
export function takeInitialMac(
  peripheral: Peripheral,
  reply: Reply & { readonly kind: 'initialMac' },
  scene: Scene,
): void {
  const { phase } = peripheral;
  if (phase.kind !== 'cryptogram') return;
  const { crypto, events, nowMs } = scene;
  const expected = initialMac(crypto, phase.keys, phase.server);
  if (!crypto.equal(expected, reply.mac)) {
    refuse(peripheral, scene);
    return;
  }
  peripheral.session = { keys: phase.keys, replyMac: expected };
  peripheral.sessionSinceMs = nowMs;
  peripheral.refusals = 0;
  peripheral.keyTries = 0;
  peripheral.keyWanted = false;
  if (phase.key === 'default') {
    peripheral.phase = { kind: 'keying' };
    wantKey(peripheral, events);
    return;
  }
  settleKeys(peripheral, phase.key, scene);
  peripheral.phase = peripheral.renewing ? { kind: 'online' } : { kind: 'setup', left: [] };
  // Set-up looks at who it is; a session that is only renewed has none.
  if (peripheral.renewing) checkDevice(peripheral, events);
  peripheral.renewing = false;
}

/** A key was proved: it is the active one, and what else was kept is worthless. */
function settleKeys(peripheral: Peripheral, key: KeyName, { events, nowMs }: Scene): void {
  const { id, keys } = peripheral;
  if (key === 'pending' && keys.pending !== undefined) {
    peripheral.keys = { active: keys.pending };
    disarm(peripheral);
    // Paired anew: whoever answers now is the one to remember.
    peripheral.known = undefined;
    events.push({ id, kind: 'key-proved' });
    return;
  }
  if (keys.pending !== undefined && keys.active !== undefined) {
    peripheral.keys = { active: keys.active };
    events.push({ id, kind: 'key-failed', why: 'not-taken' });
  }
  if (isArmed(peripheral, nowMs)) wantKey(peripheral, events);
}

/** Asks once for a key to set. */
export function wantKey(peripheral: Peripheral, events: BusEvent[]): void {
  if (peripheral.keyWanted) return;
  peripheral.keyWanted = true;
  events.push({ id: peripheral.id, kind: 'key-wanted' });
}

export function disarm(peripheral: Peripheral): void {
  peripheral.armedUntilMs = undefined;
  peripheral.keyWanted = false;
}

/** Install mode is over: nothing more is said under the key that everybody knows, not even a repeat. */
export function endInstall(peripheral: Peripheral, scene: Scene): void {
  disarm(peripheral);
  const { phase } = peripheral;
  const isOpen = phase.kind === 'challenge' || phase.kind === 'cryptogram';
  if (phase.kind !== 'keying' && !(isOpen && phase.key === 'default')) return;
  peripheral.sqn = 0;
  begin(peripheral, scene);
}

/** KEYSET was taken: the session ends either way, and the next handshake proves the new key. */
export function keySet(peripheral: Peripheral, scene: Scene): void {
  peripheral.keyTries = afterKeysetMs.length;
  retryNewKey(peripheral, scene);
}

/** The reader went silent. The challenge it has not answered stays the same: it may have it already. */
export function silent(peripheral: Peripheral, scene: Scene): void {
  const { phase } = peripheral;
  peripheral.up = false;
  peripheral.session = undefined;
  peripheral.exchange = undefined;
  peripheral.renewing = false;
  peripheral.sqn = 0;
  const [first] = candidates(peripheral, scene.nowMs);
  if (phase.kind === 'challenge' && phase.key === first) return;
  begin(peripheral, scene);
}

/** This key was refused: the next one, or a pause. */
export function refuse(peripheral: Peripheral, scene: Scene): void {
  const { phase } = peripheral;
  if (phase.kind !== 'challenge' && phase.kind !== 'cryptogram') return;
  if (phase.key === 'pending' && retryNewKey(peripheral, scene)) return;
  const order = candidates(peripheral, scene.nowMs);
  const next = order[order.indexOf(phase.key) + 1];
  if (order.includes(phase.key) && next !== undefined) {
    challenge(peripheral, next, scene);
    return;
  }
  peripheral.renewing = false;
  if (peripheral.refusals >= 1 && phase.key !== 'default') {
    setAlarm(peripheral, 'key-refused', true, scene.events);
  }
  hold(peripheral, scene);
}

function retryNewKey(peripheral: Peripheral, scene: Scene): boolean {
  if (peripheral.keyTries === 0) return false;
  const waitMs = afterKeysetMs[afterKeysetMs.length - peripheral.keyTries] ?? 0;
  peripheral.keyTries--;
  challenge(peripheral, 'pending', scene);
  peripheral.readyMs = scene.nowMs + waitMs;
  return true;
}

/** Waits longer each time, then begins again. */
export function hold(peripheral: Peripheral, { nowMs }: Scene, before = peripheral.refusals): void {
  const waitMs = holdsMs[Math.min(before, holdsMs.length - 1)] ?? 0;
  peripheral.refusals++;
  peripheral.session = undefined;
  peripheral.exchange = undefined;
  peripheral.phase = { kind: 'held' };
  // A handshake with checksums may be what it could not do: the next one begins with CRC again.
  if (!peripheral.crc) peripheral.answered = false;
  peripheral.crc = true;
  peripheral.readyMs = nowMs + waitMs;
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function keyOf({ keys }: Peripheral, name: KeyName): Uint8Array | undefined {
  return name === 'default' ? defaultKey : keys[name];
}
