/**
 * Requests Node's parser refuses: no handler ever sees them, so this is the only place that can tell an
 * installer why a device that sends a name with a space gets nothing but 400.
 */
import type { Socket } from 'node:net';
import type { ControlReply, ControlRequest } from '../core/requests.js';
import { unmapped } from './akuvox/addresses.js';
import type { Log } from './log.js';
import { createRowBound } from './rowBound.js';

/** What the handler needs from its surroundings. */
export interface ClientErrorParts {
  readonly control: (request: ControlRequest) => Promise<ControlReply>;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** What Node says went wrong, as far as it says it. */
export type ParseError = Error & { readonly code?: string; readonly rawPacket?: Buffer };

const statuses = new Map([
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
]);
const lingerMs = 500;
/** Keys that may be shown; their values may not. */
const shownKeys = new Set([
  'action',
  'DoorNum',
  'AntiPassbackMode',
  'Name',
  'UnlockType',
  'Code',
  'UserName',
]);
const notEncoded =
  'the request line is not URL-encoded: a name with a space or an umlaut? ' +
  'Make the device encode $name, or drop Name=$name from its URL (the name is only for the log).';

/** A listener for `clientError`: answers, closes, and says once visibly what to do. */
export function createClientErrorHandler(
  parts: ClientErrorParts,
): (error: ParseError, socket: Socket) => void {
  const lines = createRowBound(10, 60_000);
  const answered = new WeakSet<Socket>();
  return (error, socket) => {
    const status = statuses.get(error.code ?? '') ?? '400 Bad Request';
    const address = unmapped(socket.remoteAddress ?? '');
    // The parser complains of each further chunk of the same broken request.
    if (answered.has(socket)) return;
    answered.add(socket);
    refuse(socket, status);
    // Garbage from scanners is nobody's door: only what looks like OpenDoor is worth a row on flash.
    const line = redactRequestLine(error.rawPacket ?? Buffer.alloc(0));
    if (error.code === 'ECONNRESET' || line === undefined) return;
    const heldBack = lines(address, parts.nowMs());
    if (heldBack === undefined) return;
    const hint = status.startsWith('400') ? notEncoded : status;
    const detail = { address, line, cause: error.code ?? '', hint, ...(heldBack === 0 ? {} : { heldBack }) };
    parts.log.warn(detail, `OpenDoor request refused: ${hint}`);
    parts
      .control({
        kind: 'write',
        write: { by: { kind: 'system' }, ops: [], event: 'request-refused', detail },
      })
      .catch((failure: unknown) => parts.log.error({ err: failure }, 'row of a refused request not written'));
  };
}

/** Answers and closes; what still arrives is read for a moment, else a reset would overtake the answer. */
function refuse(socket: Socket, status: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  setTimeout(() => socket.destroy(), lingerMs).unref();
}

/**
 * The request line with every value taken out, or undefined when it is not aimed at /fcgi/. Only keys known
 * to be harmless stay: `GET /fcgi/OpenDoor?action=…&Name=… HTTP`.
 */
export function redactRequestLine(raw: Buffer): string | undefined {
  const line =
    raw
      .subarray(0, 4_096)
      .toString('latin1')
      .split(/[\r\n]/, 1)[0] ?? '';
  const match = /^([A-Z]{1,16})[ \t]+(?:https?:\/\/[^/\s]*)?(\/fcgi\/[A-Za-z]{0,16})\/?(?:\?(.*))?/.exec(
    line,
  );
  if (match === null) return undefined;
  const [, method, path, query] = match;
  if (query === undefined) return `${method} ${path}`;
  const shown = query.split('&', 16).map((part) => {
    const key = part.split('=', 1)[0] ?? '';
    return shownKeys.has(key) ? `${key}=…` : '…';
  });
  return `${method} ${path}?${shown.join('&')}`;
}
