/** The web edge put together: OpenDoor first, then Express with the route table. Holds no rule, touches no relay. */
import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Reads } from '../core/reads.js';
import type { ControlReply, ControlRequest } from '../core/requests.js';
import { createFacade } from './akuvox/facade.js';
import { callerOf } from './auth.js';
import { createClientErrorHandler } from './clientError.js';
import { boundConnections } from './connections.js';
import { type Cards, type Context, type Now, pinSecret, type WebSite } from './context.js';
import { createLive } from './live.js';
import { type LocalServer, serveLocal } from './local.js';
import type { Log } from './log.js';
import { createOpenDoor } from './openDoor.js';
import { pageHandler } from './page.js';
import { createPasswords, type Passwords } from './password.js';
import { requestLimits } from './requestLimits.js';
import type { Row } from './route.js';
import { mountRows } from './router.js';
import { routeTable } from './routes.js';
import { createExpressServer, createOpenDoorServer, type TlsKeys } from './server.js';
import { allSources } from './sources.js';
import type { Machine } from './system.js';

/** All the web edge works with. */
export interface WebParts {
  readonly control: (request: ControlRequest) => Promise<ControlReply>;
  readonly reads: Reads;
  readonly site: WebSite;
  readonly cards: Cards;
  readonly now: Now;
  readonly log: Log;
  readonly version: string;
  readonly machine: Machine;
  readonly checkSite: Context['checkSite'];
  readonly backups: Context['backups'];
  readonly certificates?: NonNullable<Context['certificates']>;
  readonly random?: (bytes: number) => Buffer;
  readonly passwords?: Passwords;
  /** Encrypts; absent = plain HTTP. `known` to browsers = they may be told to come by HTTPS only. */
  readonly tls?: TlsKeys & { readonly selfSigned: boolean };
  /** Folder of the built page; absent = the API alone. */
  readonly pageDir?: string;
}

export interface Web {
  /** What the other dialects of this thread work with. */
  readonly context: Context;
  /** The route table, for documents and tests. */
  readonly routes: readonly Row[];
  /** Begins to listen; port 0 takes a free one. Rejects when the address cannot be had. */
  listen(host: string, port: number): Promise<AddressInfo>;
  /** Serves with a renewed certificate from now on. */
  renew(tls: TlsKeys): void;
  /** Serves the same table on a socket whose permissions are the login. */
  listenLocal(path: string): void;
  /** New rows stand in the log: live streams read on. */
  appended(lastSeq: number): void;
  /** Something managed was changed, by whomever: sources, the pepper and tokens are read again. */
  changed(): void;
  /** Ends streams and connections; resolves when the port is free. `reads` stays open. */
  close(): Promise<void>;
}

/** The web edge on these parts, not listening yet. */
export function createWeb(parts: WebParts): Web {
  const random = parts.random ?? randomBytes;
  let pepper = parts.reads.setting('pin-pepper');
  const openDoor = createOpenDoor({
    control: parts.control,
    map: parts.site,
    pin: (digits) => pinSecret(pepper, digits),
    nowMs: () => parts.now().monoMs,
    random,
    log: parts.log,
  });
  const loadSources = () => {
    const sources = allSources(parts);
    openDoor.load(sources);
    facade.load(sources);
  };
  const changed = () => {
    pepper = parts.reads.setting('pin-pepper');
    loadSources();
    live.checkTokens();
  };
  const { control, site, now, log } = parts;
  const context: Context = { ...parts, random, changed };
  const facade = createFacade(context);
  const connectionsMax = site.http.connectionsMax ?? 512;
  const live = createLive(context, Math.floor(connectionsMax / 2));
  const routes = routeTable(context, live, parts.passwords ?? createPasswords(random));
  const app = createApp(context, routes, parts);
  const server = createExpressServer(
    app,
    (request, response) => openDoor.handle(request, response) || facade.handle(request, response),
    parts.tls,
  );
  const plain = site.http.openDoorPort === undefined ? undefined : createOpenDoorServer(openDoor.handle);
  const servers = plain === undefined ? [server] : [server, plain];
  const onClientError = createClientErrorHandler({ control, nowMs: () => now().monoMs, log });
  for (const one of servers) {
    boundConnections(one, connectionsMax);
    one.on('clientError', onClientError);
    one.on('error', (error) => log.error({ err: error }, 'web server error'));
  }
  let local: LocalServer | undefined;
  loadSources();

  return {
    context,
    routes,
    listen: async (host, port) => {
      if (plain !== undefined) await listening(plain, host, site.http.openDoorPort ?? 0);
      return listening(server, host, port);
    },
    renew: (tls) => {
      if ('setSecureContext' in server) (server as TlsServer).setSecureContext(tls);
    },
    listenLocal: (path) => {
      local = serveLocal(context, routes, path);
    },
    appended: () => live.appended(),
    changed,
    close: async () => {
      live.close();
      local?.close();
      await Promise.all(servers.map(closed));
    },
  };
}

function listening(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function createApp(
  context: Context,
  routes: readonly Row[],
  { pageDir, tls }: Pick<WebParts, 'pageDir' | 'tls'>,
): Express {
  const app = express();
  for (const setting of ['x-powered-by', 'etag', 'query parser']) app.disable(setting);
  for (const setting of ['case sensitive routing', 'strict routing']) app.enable(setting);
  app.use(
    helmet({
      // A browser that shows an answer of the API may load nothing with it; the page has its own policy.
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      },
      // With a certificate of our own making it would take away the browser's way round its warning.
      strictTransportSecurity: tls !== undefined && !tls.selfSigned,
    }),
  );
  for (const limit of requestLimits(context.site.http)) app.use(limit);
  const page = pageDir === undefined ? undefined : pageHandler(pageDir);
  if (page !== undefined) app.use(page);
  mountRows(app, routes, {
    authenticate: (headers) => callerOf(context, headers),
    log: context.log,
    nowMs: () => context.now().monoMs,
  });
  return app;
}
