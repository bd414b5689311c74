/** I11 to I19: who is let in, and what anti-passback makes of it. */
import { breaksRule, currentOf, excuses, zonesAt } from './ledger.js';
import { always, type Invariant, strayRows, type View } from './view.js';

/** What the core said to somebody who asked in this step; undefined = nobody asked, or the row was summed. */
function saidIn(view: View): string | undefined {
  if (view.event?.kind !== 'access-requested') return undefined;
  const asked = view.event;
  const row = view.rows.find(
    ({ row: { kind, reader, user, reason } }) =>
      (kind === 'access-granted' || kind === 'access-denied') &&
      reader === asked.reader &&
      user === asked.user?.id &&
      // The end of the card before it, if anybody's.
      reason !== 'pin-missing',
  )?.row;
  return row === undefined ? undefined : (row.reason ?? 'granted');
}

const passback = new Set(['passback', 'passback-pending']);

const soundness = always(
  'I11',
  'Soundness: granted only if credential, user, validity, right, schedule, pause, lockdown and storage allow it on one ' +
    'snapshot; and nobody is refused for one of these without it. (Whether a PIN is right: the look-up.)',
  (view) => {
    const said = saidIn(view);
    const ought = view.foretold?.verdict?.reason;
    if (said === undefined || ought === undefined || said === ought) return undefined;
    if (passback.has(said) || passback.has(ought)) return undefined;
    return `said ${said}, ought to say ${ought}`;
  },
);

const revocation = always(
  'I12',
  'Revocation: after a durable change that disables or deletes a user, and after a lockdown, no grant of that user or ' +
    'door has a later sequence number, and no lock opens for one decided before.',
  (view) => {
    for (const { row } of view.rows) {
      if (row.kind !== 'access-granted') continue;
      const user = view.world.disk.users.find(({ id }) => id === row.user);
      if (user === undefined || !user.enabled || !user.credentialEnabled)
        return `${row.user} granted after it ended`;
    }
    for (const effect of view.effects) {
      if (effect.kind !== 'unlock' || effect.cause !== 'grant') continue;
      const { emergency, operator } = view.world.shadow.ledger.flags.get(effect.door) ?? {};
      if ((emergency ?? operator) === 'locked') return `${effect.door} opened for a grant in a lockdown`;
    }
    return undefined;
  },
);

const malformed = always(
  'I13',
  'Malformed input: a request without an enrolled user, refused at the edge, or naming what is not there is denied, ' +
    'moves no record and no relay. (Bytes that decode to nothing: the parsers.)',
  (view) => {
    if (view.event?.kind !== 'access-requested') return undefined;
    const { user, refused, door } = view.event;
    if (user !== undefined && refused === undefined && view.world.site.doors.has(door)) return undefined;
    const own = view.rows.find(({ row }) => row.kind === 'access-granted');
    return own === undefined ? undefined : 'granted to nobody known';
  },
);

const lockout = always(
  'I14',
  'Lockout: five unknown presentations within 30 s close the reader to unknown credentials and PINs for 30 s of ' +
    'monotonic time, through crashes and clock steps; known cards, REX and fire pass.',
  (view) => {
    const stray = strayRows(view, ['reader-locked-out']);
    if (stray !== undefined) return stray;
    const said = saidIn(view);
    const ought = view.foretold?.verdict?.reason;
    const paused = said === 'reader-locked-out' || ought === 'reader-locked-out';
    return said !== undefined && paused && said !== ought ? `said ${said}, ought to say ${ought}` : undefined;
  },
);

const hard = always(
  'I15',
  'Hard: by the reference rule over the log, the same direction twice in a hard zone is refused with its violation, a ' +
    'passage pending at another reader of that side is refused without one, and nobody else is refused by passback.',
  (view) => {
    const said = saidIn(view);
    const ought = view.foretold?.verdict?.reason;
    if (said === undefined || ought === undefined || said === ought) return undefined;
    return passback.has(said) || passback.has(ought) ? `said ${said}, ought to say ${ought}` : undefined;
  },
);

const soft = always(
  'I16',
  'Soft: a violation is let in and recorded in a soft zone, denied and recorded in a hard one, excused and recorded ' +
    'for an exempt user; the alarm stands from then on; one row each and never one without the other.',
  (view) => strayRows(view, ['passback-violation', 'passback-exempt', 'zone-alarm-on', 'zone-alarm-off']),
);

const reset = always(
  'I18',
  'resetDuration: 0 lapses never; else a record lapses at exactly its age by case C8, through clock steps, restarts ' +
    'and waits beyond 24.8 days; only a success renews it.',
  (view) => {
    const said = saidIn(view);
    const asked = view.event;
    const ought = view.foretold?.verdict;
    if (said === undefined || asked?.kind !== 'access-requested' || ought === undefined) return undefined;
    const { reader, user } = asked;
    if (said === ought.reason || user === undefined || reader === undefined) return undefined;
    const { site, shadow } = view.world;
    for (const { zone, direction } of zonesAt(site, reader)) {
      if (zone.type !== 'hard' || zone.disabled || zone.resetSeconds === 0 || excuses(zone, user)) continue;
      const record = currentOf(shadow.ledger, zone.id, user.id);
      if (record === undefined || record.direction !== direction) continue;
      const lapsed = !breaksRule(shadow.ledger, zone, { user: user.id, direction }, shadow.boot, asked.at);
      if (said === 'passback' && lapsed) return `zone ${zone.id} refused ${user.id} by a lapsed record`;
      if (said === 'granted' && ought.hard.includes(zone.id))
        return `zone ${zone.id} let a record lapse early`;
    }
    return undefined;
  },
);

const noEntry = always(
  'I19',
  'No entry: a grant whose door never opens in time leaves the records as they were and gives no-entry-after-grant ' +
    'exactly once; one that opens is taken exactly once, several in the order of their grants; a withdrawn one leaves ' +
    'nothing; a crash ends a waiting one the same way.',
  (view) => {
    const stray = strayRows(view, ['access-taken', 'no-entry-after-grant', 'grant-withdrawn']);
    if (stray !== undefined) return stray;
    const order = view.rows.flatMap(({ row }) =>
      row.kind === 'access-taken' ? [`${row.door} ${row.user} ${row.reader}`] : [],
    );
    const ought = (view.foretold?.rows ?? []).flatMap(({ kind, key }) => {
      const [, door, reader, user] = key.split(' ');
      return kind === 'access-taken' ? [`${door} ${user} ${reader}`] : [];
    });
    const doors = new Set(order.map((text) => text.split(' ')[0]));
    for (const door of doors) {
      const at = (list: readonly string[]): string =>
        list.filter((text) => text.startsWith(`${door} `)).join('; ');
      if (at(order) !== at(ought)) return `taken in the order ${at(order)}, not ${at(ought)}`;
    }
    return undefined;
  },
);

export const decisionInvariants: readonly Invariant[] = [
  soundness,
  revocation,
  malformed,
  lockout,
  hard,
  soft,
  reset,
  noEntry,
];
