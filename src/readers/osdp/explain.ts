/** Frames in words, for people who watch a line. Cards and PINs are not in them. */
import { commandCodes } from './commands.js';
import { createFrameFinder, type Found, type Frame } from './frame.js';
import { readReply, replyCodes } from './replies.js';

const commandNames = new Map<number, string>([
  [commandCodes.poll, 'POLL'],
  [commandCodes.id, 'ID: who are you?'],
  [commandCodes.capabilities, 'CAP: what can you do?'],
  [commandCodes.localStatus, 'LSTAT: tamper and power?'],
  [commandCodes.inputStatus, 'ISTAT: inputs?'],
  [commandCodes.outputStatus, 'OSTAT: outputs?'],
  [commandCodes.readerStatus, 'RSTAT: readers?'],
  [commandCodes.output, 'OUT: set outputs'],
  [commandCodes.led, 'LED'],
  [commandCodes.buzzer, 'BUZ'],
  [commandCodes.text, 'TEXT'],
  [commandCodes.comset, 'COMSET: take another address or speed'],
  [commandCodes.keyset, 'KEYSET: take a key'],
  [commandCodes.challenge, 'CHLNG: prove your key'],
  [commandCodes.cryptogram, 'SCRYPT: here is proof of mine'],
  [commandCodes.receiveSize, 'ACURXSIZE'],
  [commandCodes.fileTransfer, 'FILETRANSFER'],
  [commandCodes.manufacturer, 'MFG'],
  [commandCodes.transparent, 'XWR'],
  [commandCodes.abort, 'ABORT'],
  [commandCodes.keepActive, 'KEEPACTIVE'],
]);

const nakReasons = new Map<number, string>([
  [0, 'no error'],
  [1, 'bad check value'],
  [2, 'wrong length'],
  [3, 'unknown command'],
  [4, 'unexpected number'],
  [5, 'Secure Channel not supported, or not so'],
  [6, 'Secure Channel required'],
  [7, 'biometric type not supported'],
  [8, 'biometric format not supported'],
  [9, 'cannot do this'],
]);

/** Everything in a piece of a trace: one text a frame, and one for what is none. */
export function explain(bytes: Uint8Array): readonly string[] {
  const texts = createFrameFinder().push(bytes).map(explainFound);
  return texts.length > 0 ? texts : [`no frame in ${bytes.length} bytes`];
}

function explainFound(found: Found): string {
  if (found.kind === 'damaged') return `damaged: ${found.fault} is wrong`;
  const { frame } = found;
  const who = frame.reply ? `reader ${frame.address}` : `panel to ${frame.address}`;
  const how = [`number ${frame.sqn}`, ...(frame.crc ? [] : ['checksum']), ...securityOf(frame)];
  return `${who}, ${how.join(', ')}: ${saysOf(frame)}`;
}

function securityOf({ security }: Frame): readonly string[] {
  if (security === undefined) return [];
  if (security.type === 0x14) return [];
  if (security.type < 0x14) return [security.data[0] === 0 ? 'default key' : 'own key'];
  return ['sealed'];
}

function saysOf(frame: Frame): string {
  const isHidden = frame.security?.type === 0x17 || frame.security?.type === 0x18;
  const hidden = isHidden ? `, ${frame.data.length} bytes encrypted` : '';
  if (!frame.reply) return (commandNames.get(frame.code) ?? `command ${hex(frame.code)}`) + hidden;
  if (!isHidden) return replyText(frame);
  const name = Object.entries(replyCodes).find(([, code]) => code === frame.code)?.[0];
  return (name === undefined ? `reply ${hex(frame.code)}` : `${name} reply`) + hidden;
}

function replyText({ code, data }: Frame): string {
  const reply = readReply(code, data);
  switch (reply.kind) {
    case 'ack':
      return 'ACK';
    case 'busy':
      return 'BUSY: ask again later';
    case 'nak':
      return `NAK ${reply.code}: ${nakReasons.get(reply.code) ?? 'a reason of its own'}`;
    case 'id': {
      const { vendor, model, version, serial, firmware } = reply.identity;
      return `PDID: vendor ${vendor}, model ${model}.${version}, serial ${serial}, firmware ${firmware}`;
    }
    case 'capabilities':
      return `PDCAP: ${reply.list.map((one) => `${one.function}:${one.level}/${one.count}`).join(' ')}`;
    case 'localStatus':
      return `LSTATR: ${reply.tamper ? 'TAMPER' : 'closed'}, ${reply.powerFail ? 'POWER FAILS' : 'power good'}`;
    case 'inputStatus':
      return `ISTATR: ${reply.inputs.join(', ')}`;
    case 'outputStatus':
      return `OSTATR: ${reply.outputs.map((on) => (on ? 'on' : 'off')).join(', ')}`;
    case 'raw':
      return `RAW: a card of ${reply.bits.length} bits`;
    case 'formatted':
      return `FMT: a card of ${reply.text.length} characters`;
    case 'keypad':
      return `KEYPAD: keys`;
    case 'com':
      return `COM: address ${reply.address} at ${reply.baud} baud from now on`;
    case 'challenge':
      return 'CCRYPT: here is proof of mine';
    case 'initialMac':
      return 'RMAC_I: the session stands';
    case 'readerStatus':
      return `RSTATR: ${reply.readers.join(', ')}`;
    case 'fileStatus':
      return `FTSTAT: ${reply.status.status}`;
    case 'manufacturer':
      return `MFGREP: ${reply.data.length} bytes of the vendor's own`;
    case 'malformed':
      return `${hex(code)}: its lengths do not add up`;
    default:
      return reply.kind === 'unknown' ? `reply ${hex(code)}` : reply.kind;
  }
}

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(2, '0');
}
