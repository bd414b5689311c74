/** The web edge put together: OpenDoor first, then Express with the route table. Holds no rule, touches no relay. */
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import type { Reads } from '../core/reads.js';
import type { ControlReply, ControlRequest } from '../core/requests.js';
import { callerOf } from './auth.js';
import { createClientErrorHandler } from './clientError.js';
import { type Cards, type Context, type Now, pinSecret, type WebSite } from './context.js';
import { createLive } from './live.js';
import type { Log } from './log.js';
import { createOpenDoor } from './openDoor.js';
import { pageHandler } from './page.js';
import { createPasswords, type Passwords } from './password.js';
import { laterProblem } from './problem.js';
import type { Row } from './route.js';
import { mountRows, sendProblem } from './router.js';
import { routeTable } from './routes.js';
import { createExpressServer } from './server.js';
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
  readonly random?: (bytes: number) => Buffer;
  readonly passwords?: Passwords;
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
  const changed = () => {
    pepper = parts.reads.setting('pin-pepper');
    openDoor.load(allSources(parts));
    live.checkTokens();
  };
  const { control, reads, site, cards, now, log, version, machine, checkSite, backups } = parts;
  const context: Context = {
    control,
    reads,
    site,
    cards,
    now,
    log,
    version,
    machine,
    checkSite,
    backups,
    random,
    changed,
  };
  const live = createLive(context);
  const routes = routeTable(context, live, parts.passwords ?? createPasswords(random));
  const app = createApp(context, routes, parts.pageDir);
  const server = createExpressServer(app, openDoor.handle);
  server.maxConnections = site.http.connectionsMax ?? 256;
  server.on('clientError', createClientErrorHandler({ control, nowMs: () => now().monoMs, log }));
  openDoor.load(allSources(parts));

  return {
    context,
    routes,
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host, port, exclusive: true }, () => {
          server.off('error', reject);
          server.on('error', (error) => log.error({ err: error }, 'web server error'));
          resolve(server.address() as AddressInfo);
        });
      }),
    appended: () => live.appended(),
    changed,
    close: () =>
      new Promise((resolve) => {
        live.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function createApp(context: Context, routes: readonly Row[], pageDir: string | undefined): Express {
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
      // Plain HTTP on a local network is a supported way to run; HSTS belongs to the TLS listener.
      strictTransportSecurity: false,
    }),
  );
  app.use(
    rateLimit({
      windowMs: 60_000,
      limit: context.site.http.failuresPerMinute ?? 600,
      // Only what fails counts: guessing is slowed, work is not.
      skipSuccessfulRequests: true,
      standardHeaders: false,
      legacyHeaders: false,
      handler: (_request, response) =>
        sendProblem(response, laterProblem(429, 'Too many failing requests from this address.', 60)),
    }),
  );
  const page = pageDir === undefined ? undefined : pageHandler(pageDir);
  if (page !== undefined) app.use(page);
  mountRows(app, routes, {
    authenticate: (headers) => callerOf(context, headers),
    log: context.log,
    nowMs: () => context.now().monoMs,
  });
  return app;
}
