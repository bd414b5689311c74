/**
 * An HTTP server whose requests are Express's from birth. Express gives each request and response its own
 * prototype by Object.setPrototypeOf, which on Node 20 and 22 costs more than the rest of a small request;
 * where the prototype is in place already, that call does nothing.
 */
import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import express, { type Express, type Request, type Response } from 'express';
import { answerAfterBody } from './unreadBody.js';

/** What a TLS server is known by. */
export interface TlsKeys {
  readonly cert: string;
  readonly key: string;
}

/** A server that calls `first` with each request, and the app when that returns false; with `tls` it encrypts. */
export function createExpressServer(
  app: Express,
  first: (request: IncomingMessage, response: ServerResponse) => boolean,
  tls?: TlsKeys,
): Server {
  class AppRequest extends IncomingMessage {}
  class AppResponse extends ServerResponse {}
  Object.setPrototypeOf(AppRequest.prototype, express.request);
  Object.setPrototypeOf(AppResponse.prototype, express.response);
  const back = { configurable: true, enumerable: true, writable: true, value: app };
  Object.defineProperty(AppRequest.prototype, 'app', back);
  Object.defineProperty(AppResponse.prototype, 'app', back);
  app.request = AppRequest.prototype as Request;
  app.response = AppResponse.prototype as Response;
  const options = {
    IncomingMessage: AppRequest,
    ServerResponse: AppResponse,
    ...timeouts,
  };
  const take = (request: AppRequest, response: AppResponse & { req: AppRequest }): void => {
    answerAfterBody(request, response);
    if (request.httpVersionMajor < 1) refuseCutLine(server, request);
    else if (!first(request, response)) app(request, response);
  };
  const server: Server =
    tls === undefined
      ? createServer(options, take)
      : createTlsServer({ ...options, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: 10_000 }, take);
  return server;
}

/** A plain server beside an encrypted one, for devices that cannot encrypt: it takes OpenDoor and nothing else. */
export function createOpenDoorServer(
  first: (request: IncomingMessage, response: ServerResponse) => boolean,
): Server {
  const server = createServer(timeouts, (request, response) => {
    if (request.httpVersionMajor < 1) return refuseCutLine(server, request);
    if (first(request, response)) return;
    response.writeHead(404, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-store' });
    response.end('Only OpenDoor is served here.\n');
  });
  return server;
}

const timeouts = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 15_000,
  connectionsCheckingInterval: 5_000,
  insecureHTTPParser: false,
};

/**
 * A raw line break in a request line leaves the first half, which the parser takes for HTTP/0.9. Half a query
 * must not act: without its Code an OpenDoor is a plain command.
 */
function refuseCutLine(server: Server, request: IncomingMessage): void {
  const rawPacket = Buffer.from(`${request.method} ${request.url}`, 'latin1');
  const error = Object.assign(new Error('no HTTP version'), { code: 'HPE_INVALID_VERSION', rawPacket });
  if (!server.emit('clientError', error, request.socket)) request.socket.destroy();
}
