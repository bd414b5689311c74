/** Credentials that serve a number of times, those given under threat, and those that are missing. */
import type { DenyReason } from './decision.js';
import type { AccessRequested } from './events.js';
import type { UserFacts } from './model.js';
import type { State } from './state.js';
import type { Turn } from './turn.js';
import { addRow } from './turn.js';

/** Uses left, counting grants that are on their way to the disk; undefined = any number. */
function usesLeft(state: State, user: UserFacts): number | undefined {
  const { id, usesLeft: stored } = user.credential ?? { id: '' };
  if (stored === undefined) return undefined;
  // What was read may be older than what was decided: the lower number is the later one.
  return Math.min(stored, state.uses.get(id)?.left ?? stored);
}

/** Has it served as often as it may? */
export function refusalByUses(state: State, user: UserFacts): DenyReason | undefined {
  const left = usesLeft(state, user);
  return left === undefined || left > 0 ? undefined : 'credential-used-up';
}

/** One use goes with the grant, in its transaction; says which credential's, so that it can be given back. */
export function spend(turn: Turn, user: UserFacts): { readonly spent?: string } {
  const left = usesLeft(turn.state, user);
  if (left === undefined || user.credential === undefined) return {};
  change(turn, user.credential.id, left - 1, -1);
  return { spent: user.credential.id };
}

/** The grant does not happen after all. */
export function giveBack(turn: Turn, spent: string | undefined): void {
  if (spent === undefined) return;
  const left = turn.state.uses.get(spent)?.left;
  change(turn, spent, left === undefined ? undefined : left + 1, 1);
}

function change(turn: Turn, credential: string, left: number | undefined, by: 1 | -1): void {
  turn.uses = [...turn.uses, { credential, by }];
  if (left === undefined) return;
  const uses = new Map(turn.state.uses).set(credential, { left, commit: turn.state.nextCommit });
  turn.state = { ...turn.state, uses };
}

/** Up to here the disk knows, and whoever is looked up next comes with its number. */
export function settleUses(turn: Turn, through: number): void {
  if (turn.state.uses.size === 0) return;
  const uses = new Map([...turn.state.uses].filter(([, { commit }]) => commit > through));
  turn.state = { ...turn.state, uses };
}

/** Silent alarms: nothing at the door tells of them, whatever is decided. */
export function notePresented(turn: Turn, asked: AccessRequested): void {
  const { user, reader, door, by, refused } = asked;
  const { duress, missing } = user?.credential ?? {};
  if (user === undefined || refused !== undefined) return;
  const where = { door, by, user: user.id, userName: user.name, ...(reader === undefined ? {} : { reader }) };
  if (duress === true) addRow(turn, { ...where, kind: 'duress' });
  if (missing !== undefined)
    addRow(turn, { ...where, kind: 'missing-credential', detail: { status: missing } });
}
