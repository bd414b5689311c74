/**
 * Readers that forward: whoever is enrolled and has a right there is sent on to the controllers whose URLs the user
 * carries, and what they answer is logged and shown. Their doors, their zones and their log are theirs.
 */
import type { AccessRequested, Event } from './events.js';
import type { UserFacts } from './model.js';
import { rowOf } from './moves.js';
import { detailOf } from './passage.js';
import { showDenied, showGranted } from './signals.js';
import type { Turn } from './turn.js';
import { addForward, addRow } from './turn.js';

/** How long a far door's grant is shown: what a person needs to look from the reader to the door. */
const SHOWN_MS = 3_000;

/** At once, beside the row: the one who opens writes its own before its relay moves. */
export function forward(turn: Turn, asked: AccessRequested, user: UserFacts): void {
  addRow(turn, { ...rowOf(asked, user), kind: 'access-forwarded', ...detailOf(asked) });
  if (asked.reader === undefined || asked.forward === undefined) return;
  addForward(turn, {
    kind: 'forward',
    key: asked.forward,
    reader: asked.reader,
    user: user.id,
    userName: user.name,
    credential: asked.credential.kind,
  });
}

/** The answer's row; the reader shows it. */
export function forwardAnswered(turn: Turn, event: Extract<Event, { kind: 'forward-answered' }>): void {
  const { reader, user, userName, outcome, reason, targets, opened } = event;
  const door = turn.site.readers.get(reader)?.door;
  addRow(turn, {
    kind: 'forward-answered',
    reader,
    user,
    userName,
    ...(door === undefined ? {} : { door }),
    detail: { outcome, targets, opened, ...(reason === undefined ? {} : { cause: reason }) },
  });
  if (outcome === 'opened') showGranted(turn, reader, SHOWN_MS);
  else showDenied(turn, reader, outcome === 'denied-passback' ? 'passback' : 'not-ready');
}
