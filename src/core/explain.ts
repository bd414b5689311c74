/** What would be decided, and what each check says: nothing is changed. */
import { checks, decide } from './decide.js';
import type { DenyReason } from './decision.js';
import type { AccessRequested } from './events.js';
import type { Site, ZoneId } from './model.js';
import type { State } from './state.js';

export interface Explained {
  readonly decision: 'granted' | 'waits' | 'denied';
  readonly reason?: DenyReason;
  readonly checks: readonly ExplainedCheck[];
}

export interface ExplainedCheck {
  readonly check: string;
  readonly answer: 'passes' | 'refuses' | 'waits' | 'not-asked';
  readonly reason?: DenyReason;
  /** What the zones say of it, refusing or not: the rule that is broken, or `exempt`, or `unconfirmed`. */
  readonly zones: readonly { readonly zone: ZoneId; readonly says: string }[];
}

/** Goes through every check, past the first that refuses, so that nobody mends one thing and meets the next. */
export function explain(
  site: Site,
  state: State,
  asked: AccessRequested,
  along: readonly AccessRequested[],
): Explained {
  const decision = decide(site, state, asked, along);
  const question = { site, state, asked, along };
  return {
    decision: decision.kind,
    ...(decision.kind === 'denied' ? { reason: decision.reason } : {}),
    checks: checks.map(({ name, ask }) => ({ check: name, ...wordsOf(ask(question)) })),
  };
}

function wordsOf(said: ReturnType<(typeof checks)[number]['ask']>): Omit<ExplainedCheck, 'check'> {
  switch (said.kind) {
    case 'not-asked':
      return { answer: 'not-asked', zones: [] };
    case 'suffices':
      return { answer: 'passes', zones: [] };
    case 'waits':
      return {
        answer: 'waits',
        zones: said.zone === undefined ? [] : [{ zone: said.zone, says: 'occupancy-min' }],
      };
    case 'denied': {
      const broken = said.violated.map(({ zone, rule }) => ({ zone: zone.id, says: rule }));
      const full = said.crowded === undefined ? [] : [{ zone: said.crowded.zone, says: said.crowded.rule }];
      return { answer: 'refuses', reason: said.reason, zones: [...broken, ...full] };
    }
    case 'passes': {
      const { detected = [], exempt = [], crowded = [], unconfirmed = [] } = said.found ?? {};
      return {
        answer: 'passes',
        zones: [
          ...detected.map(({ zone, rule }) => ({ zone: zone.id, says: `${rule}, let in` })),
          ...crowded.map(({ zone, rule }) => ({ zone, says: `${rule}, let in` })),
          ...exempt.map((zone) => ({ zone, says: 'exempt' })),
          ...unconfirmed.map((zone) => ({ zone, says: 'unconfirmed' })),
        ],
      };
    }
  }
}
