/** How many requests one address may send within a minute: of those that fail few, in all more than people need. */
import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { unmapped } from './akuvox/addresses.js';
import type { WebSite } from './context.js';
import { laterProblem } from './problem.js';
import { sendProblem } from './router.js';

const windowMs = 60_000;

/** Middleware for every row; OpenDoor, ahead of them, has limits of its own. */
export function requestLimits({
  failuresPerMinute = 600,
  requestsPerMinute = 12_000,
}: WebSite['http']): readonly RequestHandler[] {
  return [
    limited({
      limit: requestsPerMinute,
      // A proxy on this machine speaks for everybody.
      skip: ({ socket }) => ['127.0.0.1', '::1'].includes(unmapped(socket.remoteAddress ?? '')),
      detail: 'Too many requests from this address.',
    }),
    limited({
      limit: failuresPerMinute,
      // Only what fails counts: guessing is slowed, work is not.
      skipSuccessfulRequests: true,
      // A stream succeeds only when it ends: hundreds of listeners behind one address are no attack.
      skip: ({ path }) => path === '/api/v1/events/stream',
      detail: 'Too many failing requests from this address.',
    }),
  ];
}

interface Limit {
  readonly limit: number;
  readonly skip: (request: Parameters<RequestHandler>[0]) => boolean;
  readonly skipSuccessfulRequests?: true;
  readonly detail: string;
}

function limited({ detail, ...options }: Limit): RequestHandler {
  return rateLimit({
    windowMs,
    ...options,
    standardHeaders: false,
    legacyHeaders: false,
    handler: (_request, response) => sendProblem(response, laterProblem(429, detail, windowMs / 1_000)),
  });
}
