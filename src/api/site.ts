/** What the page needs before it can show anything: is the unit claimed, and the names of its doors and readers. */
import { z } from 'zod';
import type { Context } from './context.js';
import { ok, type Row, row } from './route.js';
import { readers, watchers } from './schemas.js';
import { claimSetting } from './session.js';

const view = z.strictObject({
  name: z.string(),
  timeZone: z.string(),
  board: z.string(),
  /** Names of the card formats that credentials may be given in. */
  formats: z.array(z.string()),
  /** Outputs of the site file beside the locks, for zones. */
  outputs: z.array(z.string()),
  doors: z.array(
    z.strictObject({
      id: z.string(),
      number: z.union([z.int(), z.string()]),
      name: z.string(),
      hasContact: z.boolean(),
    }),
  ),
  readers: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      door: z.string(),
      direction: z.enum(['entry', 'exit']),
    }),
  ),
});

const interlock = z.strictObject({ id: z.string(), doors: z.array(z.string()) });
const wire = z.strictObject({
  where: z.string(),
  use: z.string(),
  as: z.string().describe('what the wire is, as one word: relay, contact, rex, d0, osdp, ...'),
  facts: z.record(z.string(), z.string()).describe('what more is known of it, for instance kind: strike'),
  line: z.string(),
  direction: z.enum(['input', 'output', 'both']),
  active: z.enum(['high', 'low']),
  headerPin: z.int().exactOptional(),
  bootLevel: z.enum(['high', 'low', 'unknown']),
});

/** The rows about the site as a whole. */
export function siteRows(context: Context): readonly Row[] {
  return [
    row({
      method: 'GET',
      path: '/api/v1/welcome',
      roles: 'public',
      summary: 'Has this unit its first administrator?',
      response: z.strictObject({ claimed: z.boolean() }),
      handler: () => ok({ claimed: context.reads.get('settings', claimSetting) === undefined }),
    }),
    row({
      method: 'GET',
      path: '/api/v1/site',
      roles: watchers,
      summary: 'Name, time zone, doors and readers of the site',
      response: view,
      handler: () => {
        const { name, timeZone, board, doors, readers } = context.site;
        return ok({
          name,
          timeZone,
          board,
          formats: context.cards.formats,
          outputs: context.site.outputs ?? [],
          doors: doors.map((door) => ({
            id: door.id,
            number: door.number,
            name: context.reads.get('doors', door.id)?.body.name ?? door.name,
            hasContact: door.hasContact,
          })),
          readers: readers.map(({ id, name: called, door, direction }) => ({
            id,
            name: called,
            door,
            direction,
          })),
        });
      },
    }),
    row({
      method: 'GET',
      path: '/api/v1/wiring',
      roles: readers,
      summary:
        'Every wire of the site file with its line, header pin, active level and level at boot; interlocks',
      response: z.strictObject({ items: z.array(wire), interlocks: z.array(interlock) }),
      handler: () => ok({ items: context.site.wiring ?? [], interlocks: context.site.interlocks ?? [] }),
    }),
  ];
}
