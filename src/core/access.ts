/** A request to pass: decided, then granted, refused, or kept until company comes. */
import { decide, forwards } from './decide.js';
import type { Decision } from './decision.js';
import type { AccessRequested } from './events.js';
import { forward } from './forward.js';
import { countFailure, mayWriteNoise } from './lockout.js';
import type { UserFacts, UserId } from './model.js';
import { rowOf } from './moves.js';
import { musterRead } from './muster.js';
import { companionsOf } from './occupancy.js';
import { detailOf, grant } from './passage.js';
import { presentedAt, waitForPin } from './pin.js';
import { showDenied } from './signals.js';
import type { CompanyWait } from './state.js';
import type { Turn } from './turn.js';
import { addRow, answerWhenDurable } from './turn.js';
import { alarmRefused, noteCrowded, noteRefused } from './violations.js';

type Denied = Extract<Decision, { kind: 'denied' }>;
type Granted = Extract<Decision, { kind: 'granted' }>;

/** Decides and does what follows. Whoever waits for company at the same reader is judged with it, and moves with it. */
export function requestAccess(turn: Turn, given: AccessRequested): void {
  const { asked, refusal, complete } = presentedAt(turn, given);
  if (refusal !== undefined) {
    refuse(turn, asked, { kind: 'denied', reason: refusal, violated: [] });
    return;
  }
  const { user } = asked;
  if (musterRead(turn, asked)) return;
  const along = decideAlong(turn, asked);
  const decision = decide(turn.site, turn.state, asked, along);
  if (decision.kind === 'denied' || user === undefined) {
    refuse(turn, asked, decision.kind === 'denied' ? decision : unknown);
    return;
  }
  if (!complete) {
    waitForPin(turn, asked, user);
    return;
  }
  if (decision.kind === 'waits') {
    waitForCompany(turn, asked, decision);
    return;
  }
  if (forwards(turn.site, asked)) {
    forward(turn, asked, user);
    return;
  }
  // Judged on one snapshot, before any of them moves.
  const company = along.map((other) => ({ other, said: decideWith(turn, other, [asked, ...along]) }));
  endCompany(turn, [asked, ...along]);
  for (const { other, said } of company) admit(turn, other, said);
  admit(turn, asked, decision);
}

const unknown: Denied = { kind: 'denied', reason: 'unknown-credential', violated: [] };
const unjudged: Granted = { kind: 'granted', detected: [], exempt: [], crowded: [], unconfirmed: [] };

/** The user, and whoever shares the vehicle: all records move, and only the presenter is judged. */
function admit(turn: Turn, asked: AccessRequested, decision: Decision): void {
  const { user, reader } = asked;
  if (user === undefined || decision.kind !== 'granted') return;
  grant(turn, asked, user, decision);
  if (reader === undefined) return;
  for (const id of companionsOf(turn.site, reader, user.id)) {
    const { request: _, claimed: __, ...shared } = asked;
    grant(turn, { ...shared, carpool: user.id }, passenger(id), unjudged);
  }
}

function passenger(id: UserId): UserFacts {
  const nothing = { groups: [], accessRights: [], extendedUnlock: false, supervisor: false };
  return { id, name: '', enabled: true, credentialEnabled: true, ...nothing };
}

/** Who waits at the same reader and may go along: whoever may no longer is told so. */
function decideAlong(turn: Turn, asked: AccessRequested): readonly AccessRequested[] {
  let along = turn.state.company
    .filter((wait) => wait.reader === asked.reader && wait.asked.user?.id !== asked.user?.id)
    .map((wait): AccessRequested => ({ ...wait.asked, at: asked.at }));
  while (along.length > 0 && decide(turn.site, turn.state, asked, along).kind === 'granted') {
    const said = along.map((other) => ({ other, said: decideWith(turn, other, [asked, ...along]) }));
    const staying = said.filter((one) => one.said.kind !== 'granted');
    if (staying.length === 0) break;
    along = along.filter((other) => !staying.some((one) => one.other === other));
    for (const { other, said: why } of staying) {
      if (why.kind !== 'denied') continue;
      endCompany(turn, [other]);
      refuse(turn, other, why);
    }
  }
  return along;
}

function decideWith(turn: Turn, asked: AccessRequested, all: readonly AccessRequested[]): Decision {
  return decide(
    turn.site,
    turn.state,
    asked,
    all.filter((other) => other !== asked),
  );
}

function waitForCompany(
  turn: Turn,
  asked: AccessRequested,
  { zone, withinSeconds }: Extract<Decision, { kind: 'waits' }>,
): void {
  const { user, reader } = asked;
  if (user === undefined || reader === undefined) return;
  endCompany(turn, [asked]);
  const { request: _, ...kept } = asked;
  const ofZone = zone === undefined ? {} : { zone };
  const wait: CompanyWait = {
    ...ofZone,
    reader,
    asked: { ...kept, waited: true },
    untilMonoMs: turn.at.monoMs + withinSeconds * 1_000,
  };
  turn.state = { ...turn.state, company: [...turn.state.company, wait] };
  addRow(turn, { ...rowOf(asked, user), ...ofZone, kind: 'company-awaited', detail: { withinSeconds } });
  answerWhenDurable(turn, asked.request, { kind: 'denied', reason: 'waiting-for-company' });
}

/** These wait no more. */
function endCompany(turn: Turn, gone: readonly AccessRequested[]): void {
  const users = new Set(gone.map(({ user }) => user?.id));
  const company = turn.state.company.filter(
    (wait) => !(users.has(wait.asked.user?.id) && wait.reader === gone[0]?.reader),
  );
  if (company.length < turn.state.company.length) turn.state = { ...turn.state, company };
}

/** Whose company did not come in time. */
export function lapseCompany(turn: Turn): void {
  const over = turn.state.company.filter(({ untilMonoMs }) => untilMonoMs <= turn.at.monoMs);
  if (over.length === 0) return;
  turn.state = { ...turn.state, company: turn.state.company.filter((wait) => !over.includes(wait)) };
  for (const { asked, zone } of over) {
    const ofZone = zone === undefined ? {} : { zone };
    addRow(turn, { ...rowOf(asked, asked.user), ...ofZone, kind: 'access-denied', reason: 'no-company' });
    showDenied(turn, asked.reader, 'no-company');
  }
}

function refuse(turn: Turn, asked: AccessRequested, { reason, violated, crowded }: Denied): void {
  const row = rowOf(asked, asked.user);
  const [first] = violated;
  const ofZone = first === undefined ? {} : { zone: first.zone.id };
  noteRefused(turn, row, violated);
  if (crowded !== undefined) noteCrowded(turn, row, crowded, 'hard');
  if (mayWriteDenial(turn, asked))
    addRow(turn, { ...row, ...ofZone, kind: 'access-denied', reason, ...detailOf(asked) });
  alarmRefused(turn, asked.door, row, violated);
  countFailure(turn, asked, reason);
  showDenied(turn, asked.reader, reason);
  answerWhenDurable(turn, asked.request, { kind: 'denied', reason });
}

/** Somebody's refusal always has its row; a storm of unknown cards at a reader is summed like other noise. */
function mayWriteDenial(turn: Turn, asked: AccessRequested): boolean {
  if (asked.user !== undefined || asked.request !== undefined || asked.reader === undefined) return true;
  return mayWriteNoise(turn, asked.reader);
}
