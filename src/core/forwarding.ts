/** What the control thread and the thread that calls others say to each other about a forwarded swipe. Pure types. */
import type { ForwardOutcome } from './events.js';
import type { PresentedCredential, ReaderId, UserId } from './model.js';

/** What was presented, whole: it leaves in the URL and stands nowhere else. */
export interface PresentedCode {
  /** A card's payload as upper-case hex (as `StoredCredential.secret`), a PIN's digits, a code's text. */
  readonly code: string;
  /** Door relays and contacts by DoorNum at that moment: `$relay1status`, `$input1status`. */
  readonly doors: readonly {
    readonly number: number | string;
    readonly unlocked: boolean;
    readonly open: boolean;
    /** Held open or forced: `$alarmstatus`. */
    readonly alarm: boolean;
  }[];
}

export interface ForwardOrder {
  readonly key: string;
  readonly reader: ReaderId;
  readonly user: UserId;
  readonly userName: string;
  readonly credential: PresentedCredential['kind'];
  readonly presented: PresentedCode;
}

export interface ForwardAnswer {
  readonly key: string;
  readonly outcome: ForwardOutcome;
  readonly reason?: string;
  readonly targets: number;
  readonly opened: number;
}
