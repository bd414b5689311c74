import type { IncomingMessage, ServerResponse } from 'node:http';

/** What is still being sent is read for so long before the answer ends the connection. */
const lingerMs = 2_000;

/**
 * Of a client that wants the connection closed after the answer, the rest of a body nobody read is read first: closed
 * with bytes unread it would be reset, and the reset may overtake the answer. (Of any other client Node reads it after
 * the answer.)
 */
export function answerAfterBody(request: IncomingMessage, response: ServerResponse): void {
  if (response.shouldKeepAlive || bodyless(request)) return;
  const end = response.end.bind(response) as (...what: unknown[]) => ServerResponse;
  response.end = (...what: unknown[]): ServerResponse => {
    if (request.complete || request.destroyed) return end(...what);
    const timer = setTimeout(finish, lingerMs);
    function finish(): void {
      clearTimeout(timer);
      request.off('end', finish).off('close', finish);
      end(...what);
    }
    request.on('end', finish).on('close', finish).unpipe();
    request.resume();
    return response;
  };
}

function bodyless({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0';
}
