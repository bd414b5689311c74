/** Whom to tell of a security fault (RFC 9116). */
import { z } from 'zod';
import type { Context } from './context.js';
import { problem } from './problem.js';
import { type Row, row } from './route.js';
import { timeOf } from './times.js';

const dayMs = 86_400_000;
/** RFC 9116 asks for less than a year; made anew at each request, it never runs out while the unit runs. */
const validDays = 180;

/** The row that says so. */
export function securityTextRow({ site, now }: Context): Row {
  return row({
    method: 'GET',
    path: '/.well-known/security.txt',
    roles: 'public',
    summary: 'Whom to tell of a security fault (RFC 9116)',
    response: z.string().describe('text/plain'),
    handler: () => {
      const { securityContact } = site.http;
      if (securityContact === undefined)
        return problem(404, 'The site file names nobody: http.securityContact.');
      const day = Math.floor(now().wallMs / dayMs) * dayMs;
      const lines = [
        `Contact: ${securityContact}`,
        `Expires: ${timeOf(day + validDays * dayMs)}`,
        'Preferred-Languages: en, de',
        '',
      ];
      return { status: 200, body: lines.join('\n'), contentType: 'text/plain; charset=utf-8' };
    },
  });
}
