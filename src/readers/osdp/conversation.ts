/** What to say next to a reader, and what its answers mean. One reader at a time; the bus gives the turns. */
import { type Command, commandCodes, commandData } from './commands.js';
import type { CommandResult } from './events.js';
import { nextFragment, takeFileStatus } from './file.js';
import { encodeFrame, type SecurityBlock, type Sqn } from './frame.js';
import {
  begin,
  challenge,
  disarm,
  hold,
  keySet,
  refuse,
  restart,
  type Scene,
  silent,
  takeChallengeReply,
  takeInitialMac,
  wantKey,
} from './handshake.js';
import { type Exchange, isArmed, isBelieved, type Peripheral, setAlarm, type Waiting } from './peripheral.js';
import { refusalName } from './queue.js';
import { answers, type Reply } from './replies.js';
import { report, reportNone } from './reports.js';
import { seal } from './secure.js';
import { checkDowngrade, finishSetup, isIdle, setupCommands } from './setup.js';

/** An unpaired reader is looked at this often. */
const unpairedMs = 2_000;
/** A reader that took another address restarts its line first. */
const afterMoveMs = 100;
/** A session is renewed after this long. */
const renewMs = 8 * 3_600_000;
/** Of so many probes of a reader that never answered one is with checksum instead of CRC. */
const checksumProbes = 3;
/** Of so many probes of one that went silent one is with the other check value: it may have been replaced. */
const otherCheckProbes = 8;
const nakBadCheck = 1;
const nakUnknown = 3;
const nakSequence = 4;
const nakNoSecurity = 5;
const nakNeedsSecurity = 6;

/** Builds the next new frame of this reader; `exchange` is set. */
export function speak(peripheral: Peripheral, scene: Scene): Exchange {
  if (!peripheral.answered) peripheral.crc = peripheral.probes % checksumProbes !== checksumProbes - 1;
  const { command, job } = chooseCommand(peripheral, scene);
  const probe = !peripheral.up;
  const isOther =
    probe && peripheral.answered && peripheral.probes % otherCheckProbes === otherCheckProbes - 1;
  const crc = peripheral.crc !== isOther;
  const exchange: Exchange = {
    ...frameOf(peripheral, command, crc, scene),
    ...{ command, sqn: peripheral.sqn, probe, crc, firstMs: scene.nowMs, tries: 0, busy: 0 },
    ...(job === undefined ? {} : { job }),
  };
  peripheral.exchange = exchange;
  return exchange;
}

function chooseCommand(peripheral: Peripheral, scene: Scene): Waiting {
  if (peripheral.keyGiven) {
    peripheral.keyGiven = false;
    peripheral.renewing = false;
    peripheral.sqn = 0;
    begin(peripheral, scene);
  }
  if (peripheral.phase.kind === 'held') begin(peripheral, scene);
  if (peripheral.phase.kind === 'unpaired' && isArmed(peripheral, scene.nowMs)) {
    challenge(peripheral, 'default', scene);
  }
  const { phase } = peripheral;
  switch (phase.kind) {
    case 'hello':
      return { command: helloCommand(peripheral, phase.step) };
    case 'challenge':
      return { command: { kind: 'challenge', rndA: phase.rndA } };
    case 'cryptogram':
      return { command: { kind: 'cryptogram', server: phase.server } };
    case 'setup': {
      const [command] = phase.left;
      return { command: command ?? { kind: 'id' } };
    }
    case 'keying':
    case 'online':
      return nextOnline(peripheral, scene);
    default:
      return { command: { kind: 'poll' } };
  }
}

/** Some readers answer ID only after a poll, so a silent new one hears both in turn. */
function helloCommand(peripheral: Peripheral, step: 'id' | 'capabilities'): Command {
  if (!peripheral.up && peripheral.probes % 3 === 1) return { kind: 'poll' };
  return { kind: step };
}

function nextOnline(peripheral: Peripheral, scene: Scene): Waiting {
  const waiting = peripheral.waiting.shift();
  if (waiting !== undefined) return waiting;
  const old = scene.nowMs - peripheral.sessionSinceMs > renewMs;
  if (old && peripheral.session !== undefined && peripheral.phase.kind === 'online') {
    peripheral.renewing = true;
    challenge(peripheral, 'active', scene);
    return chooseCommand(peripheral, scene);
  }
  return { command: nextFragment(peripheral, scene.nowMs) ?? { kind: 'poll' } };
}

function frameOf(peripheral: Peripheral, command: Command, crc: boolean, { crypto }: Scene) {
  const { address, sqn, session, phase } = peripheral;
  const content = { address, sqn, crc, code: commandCodes[command.kind], data: commandData(command) };
  if (session !== undefined) return seal(crypto, session, content);
  const type = phase.kind === 'challenge' ? 0x11 : 0x13;
  if (phase.kind !== 'challenge' && phase.kind !== 'cryptogram') {
    return { bytes: encodeFrame({ ...content, reply: false }) };
  }
  const security: SecurityBlock = { type, data: Uint8Array.of(phase.key === 'default' ? 0 : 1) };
  return { bytes: encodeFrame({ ...content, reply: false, security }) };
}

/** The answer came and belongs: the number advances, and the conversation with it. */
export function hear(peripheral: Peripheral, exchange: Exchange, reply: Reply, scene: Scene): void {
  if (reply.kind === 'nak') {
    const { naks } = peripheral.counters;
    if (naks.has(reply.code) || naks.size < 32) naks.set(reply.code, (naks.get(reply.code) ?? 0) + 1);
    if (hearNak(peripheral, exchange, reply.code, scene)) return;
  }
  advance(peripheral, exchange);
  if (reply.kind === 'malformed' && exchange.command.kind === 'poll')
    noteMalformed(peripheral, reply.code, scene);
  if (!answers(reply, exchange.command.kind) && reply.kind !== 'malformed') peripheral.counters.unexpected++;
  const good = answers(reply, exchange.command.kind) && reply.kind !== 'nak';
  // What a job brought comes before its end.
  if (good && isBelieved(peripheral)) report(peripheral, reply, scene.events, exchange.job);
  endJob(peripheral, exchange, reply, good, scene);
  switch (exchange.command.kind) {
    case 'challenge':
      if (good && reply.kind === 'challenge') takeChallengeReply(peripheral, reply, scene);
      else refuse(peripheral, scene);
      return;
    case 'cryptogram':
      if (good && reply.kind === 'initialMac') takeInitialMac(peripheral, reply, scene);
      else refuse(peripheral, scene);
      break;
    case 'keyset':
      if (good) {
        keySet(peripheral, scene);
        return;
      }
      keyRefused(peripheral, scene);
      break;
    case 'comset':
      if (reply.kind === 'com') {
        move(peripheral, reply, scene);
        return;
      }
      break;
    case 'fileTransfer':
      takeFileStatus(peripheral, good ? reply : undefined, scene);
      break;
    default:
      if (reply.kind === 'nak' && reply.code === nakUnknown)
        peripheral.unsupported.add(refusalName(exchange.command));
  }
  moveOn(peripheral, exchange, good ? reply : undefined, scene);
}

/** COM came, still by the old address: from now on the new one, and the link begins again. */
function move(peripheral: Peripheral, to: Reply & { readonly kind: 'com' }, scene: Scene): void {
  const { id, address } = peripheral;
  scene.events.push({ id, kind: 'moved', address: to.address, baud: to.baud });
  silent(peripheral, scene);
  peripheral.readyMs = scene.nowMs + afterMoveMs;
  peripheral.probes = 0;
  if (to.address === address) return;
  peripheral.address = to.address;
  peripheral.formerAddress = address;
}

function noteMalformed(peripheral: Peripheral, code: number, { events }: Scene): void {
  peripheral.counters.malformed++;
  const looksLikeCard = code === 0x50 || code === 0x51;
  if (!looksLikeCard || !isBelieved(peripheral)) return;
  events.push({ id: peripheral.id, kind: 'unreadable', fault: 'malformed', bits: 0 });
}

/** NAKs that are about the link, not about the command; true = dealt with. */
function hearNak(peripheral: Peripheral, exchange: Exchange, code: number, scene: Scene): boolean {
  const isStep = exchange.command.kind === 'challenge' || exchange.command.kind === 'cryptogram';
  if (code === nakBadCheck && (!peripheral.answered || exchange.probe) && exchange.crc) {
    // Only the first answer of a reader, or of one returned, may choose the checksum: later this NAK is a damaged frame.
    peripheral.crc = false;
    peripheral.answered = true;
    restart(peripheral, scene);
    return true;
  }
  if (code === nakBadCheck) return false;
  if (code === nakSequence) {
    if (peripheral.session !== undefined) peripheral.counters.sessionDrops++;
    restart(peripheral, scene);
    return true;
  }
  if (isStep || (code !== nakNoSecurity && code !== nakNeedsSecurity)) return false;
  if (peripheral.session !== undefined) {
    peripheral.counters.sessionDrops++;
    restart(peripheral, scene);
    return true;
  }
  if (code !== nakNeedsSecurity) return false;
  if (peripheral.secure === 'off') setAlarm(peripheral, 'security-required', true, scene.events);
  advance(peripheral, exchange);
  endJob(peripheral, exchange, { kind: 'nak', code }, false, scene);
  if (peripheral.secure === 'off') hold(peripheral, scene);
  else moveOn(peripheral, exchange, undefined, scene);
  return true;
}

/** 0, then 1, 2, 3, 1, 2, 3. */
function advance(peripheral: Peripheral, { sqn }: Exchange): void {
  peripheral.exchange = undefined;
  peripheral.sqn = ((sqn % 3) + 1) as Sqn;
  peripheral.answered = true;
}

function endJob(peripheral: Peripheral, exchange: Exchange, reply: Reply, good: boolean, scene: Scene): void {
  const { job } = exchange;
  if (job === undefined) return;
  const result: CommandResult = good ? 'done' : reply.kind === 'nak' ? 'refused' : 'failed';
  const nak = reply.kind === 'nak' ? { nak: reply.code } : {};
  scene.events.push({ id: peripheral.id, kind: 'job', job, result, ...nak });
}

function keyRefused(peripheral: Peripheral, { events }: Scene): void {
  const { id, keys } = peripheral;
  peripheral.keys = keys.active === undefined ? {} : { active: keys.active };
  peripheral.armedUntilMs = undefined;
  peripheral.keyWanted = false;
  events.push({ id, kind: 'key-failed', why: 'refused' });
}

/** From hello to the handshake, from set-up to online, one step an answer. */
function moveOn(peripheral: Peripheral, exchange: Exchange, reply: Reply | undefined, scene: Scene): void {
  const { phase } = peripheral;
  if (phase.kind === 'hello') {
    if (reply?.kind === 'id') peripheral.identity = reply.identity;
    if (reply?.kind === 'capabilities') peripheral.capabilities = reply.list;
    if (exchange.command.kind === 'poll') return;
    if (phase.step === 'id') peripheral.phase = { kind: 'hello', step: 'capabilities' };
    else afterHello(peripheral, scene);
    return;
  }
  if (phase.kind === 'unpaired') peripheral.readyMs = scene.nowMs + unpairedMs;
  if (phase.kind === 'keying' && !isArmed(peripheral, scene.nowMs)) restart(peripheral, scene);
  if (phase.kind !== 'setup') return;
  if (exchange.command.kind === 'cryptogram') {
    peripheral.phase = { kind: 'setup', left: setupCommands() };
    return;
  }
  const asked = exchange.command.kind;
  if (reply === undefined && (asked === 'localStatus' || asked === 'readerStatus'))
    reportNone(peripheral, asked, scene.events);
  const left = phase.left.slice(1).filter((command) => !isIdle(peripheral, command));
  if (exchange.command.kind === 'capabilities') checkDowngrade(peripheral, scene.events);
  if (left.length === 0) finishSetup(peripheral, scene.events);
  else peripheral.phase = { kind: 'setup', left };
}

function afterHello(peripheral: Peripheral, scene: Scene): void {
  if (peripheral.secure === 'off') {
    peripheral.phase = { kind: 'setup', left: setupCommands() };
    return;
  }
  checkDowngrade(peripheral, scene.events);
  if (isArmed(peripheral, scene.nowMs)) challenge(peripheral, 'default', scene);
  else peripheral.phase = { kind: 'unpaired' };
}

/** Install mode begins: a reader in its session gets a new key there, any other may be met with the default key. */
export function arm(peripheral: Peripheral, untilMs: number, scene: Scene): void {
  peripheral.armedUntilMs = untilMs;
  peripheral.keyWanted = false;
  if (peripheral.phase.kind === 'online' && peripheral.session !== undefined)
    wantKey(peripheral, scene.events);
  if (peripheral.phase.kind !== 'held' && peripheral.phase.kind !== 'unpaired') return;
  peripheral.readyMs = scene.nowMs;
  peripheral.refusals = 0;
}

/** The new key is on the disk: now it may go out, in a session and nowhere else. */
export function setKey(peripheral: Peripheral, key: Uint8Array): boolean {
  const inSession = peripheral.phase.kind === 'keying' || peripheral.phase.kind === 'online';
  if (!inSession || peripheral.session === undefined) return false;
  peripheral.keys = { ...peripheral.keys, pending: key };
  peripheral.waiting.unshift({ command: { kind: 'keyset', key } });
  return true;
}

/** A key the reader has from elsewhere. It is tried first, and proves itself like one that was sent. */
export function takeGivenKey(peripheral: Peripheral, key: Uint8Array, nowMs: number): void {
  peripheral.keys = { ...peripheral.keys, pending: key };
  disarm(peripheral);
  peripheral.keyGiven = true;
  peripheral.refusals = 0;
  const { kind } = peripheral.phase;
  if (kind === 'held' || kind === 'unpaired') peripheral.readyMs = nowMs;
}
