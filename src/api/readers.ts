/** Readers: where they hang, as the site file says, and how they are. */
import { z } from 'zod';
import type { ReaderHealth } from '../core/requests.js';
import type { Context } from './context.js';
import { notFound } from './problem.js';
import { ok, type Row, row } from './route.js';
import { doorWatchers, idParams, pageOf } from './schemas.js';
import { timeOf } from './times.js';

/** What a reader has sent since the start. */
export const readerHealth = z.strictObject({
  frames: z.int(),
  parityErrors: z.int(),
  lengthErrors: z.int(),
  shortFrames: z.int().exactOptional(),
  noise: z.int(),
  lastSeen: z.string().exactOptional(),
  /** D0 and D1 seem to be exchanged. */
  swapped: z.boolean().exactOptional(),
  /** The housing is open; absent where no contact is wired. */
  tamper: z.boolean().exactOptional(),
  /** Ten unreadable frames within a minute. */
  alarm: z.boolean().exactOptional(),
  /** It answers; absent of readers that are only listened to. */
  online: z.boolean().exactOptional(),
});
const view = z.strictObject({
  id: z.string(),
  name: z.string(),
  door: z.string(),
  direction: z.enum(['entry', 'exit']),
  /** Absent while the controller does not answer. */
  health: readerHealth.exactOptional(),
});

/** The health of one reader as clients see it. */
export function healthView({
  id: _id,
  lastSeenWallMs,
  ...counts
}: ReaderHealth): z.output<typeof readerHealth> {
  return lastSeenWallMs === undefined ? counts : { ...counts, lastSeen: timeOf(lastSeenWallMs) };
}

/** The rows about readers. They come from the site file: none is made or deleted here. */
export function readerRows(context: Context): readonly Row[] {
  const path = '/api/v1/readers';
  const all = async (): Promise<z.output<typeof view>[]> => {
    const reply = await context.control({ kind: 'status' });
    const healths = reply.kind === 'status' ? reply.status.readers : [];
    return context.site.readers.map((reader) => {
      const health = healths.find((one) => one.id === reader.id);
      return { ...reader, ...(health === undefined ? {} : { health: healthView(health) }) };
    });
  };
  return [
    row({
      method: 'GET',
      path,
      roles: doorWatchers,
      summary: 'All readers: door, direction and health',
      response: pageOf(view),
      handler: async () => ok({ items: await all() }),
    }),
    row({
      method: 'GET',
      path: `${path}/{id}`,
      roles: doorWatchers,
      summary: 'One reader',
      params: idParams,
      response: view,
      handler: async ({ params }) => {
        const found = (await all()).find((one) => one.id === params.id);
        return found === undefined ? notFound('reader') : ok(found);
      },
    }),
  ];
}
