/**
 * The same API on a socket in the data folder, for the person who is logged in on this machine: the file's
 * permissions are the login. Whoever may open it could read and replace the database as well.
 */
import { chmodSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import express from 'express';
import type { Context } from './context.js';
import { type Caller, localTokenHash, type Row } from './route.js';
import { mountRows } from './router.js';

/** The name of the socket in the data folder. */
export const localSocket = 'sallyport.sock';
/** `sockaddr_un` holds no more (108 bytes with its end). */
const pathMaxBytes = 107;

/** Who acts over the socket; in the log as the operator `local`. */
const caller: Caller = {
  operator: 'local',
  role: 'administrator',
  tokenId: 'local',
  tokenHash: localTokenHash,
  expiresMs: Number.MAX_SAFE_INTEGER,
};

export interface LocalServer {
  close(): void;
}

/** Listens on the socket; what cannot be had is told in the log and served nowhere. */
export function serveLocal(context: Context, routes: readonly Row[], path: string): LocalServer {
  const app = express();
  for (const setting of ['x-powered-by', 'etag', 'query parser']) app.disable(setting);
  const { log, now } = context;
  mountRows(app, routes, { authenticate: () => caller, log, nowMs: () => now().monoMs });
  const server = createServer(app);
  server.on('error', (error) => log.error({ err: error }, 'the local socket cannot be served'));
  if (Buffer.byteLength(path) > pathMaxBytes) {
    log.warn(
      { path },
      'the path of the local socket is too long: choose a shorter data folder for the commands',
    );
    return { close: () => undefined };
  }
  // Left over from a process that was killed: the folder is ours alone, so nobody listens there.
  rmSync(path, { force: true });
  server.listen(path, () => chmodSync(path, 0o600));
  return {
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
