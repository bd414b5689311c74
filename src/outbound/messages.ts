/** What the outbound thread is told and what it tells, as JSON text. */
import type { ForwardAnswer, ForwardOrder } from '../core/forwarding.js';
import type { OutboundAnswer, OutboundAsk } from '../core/hooks.js';

export type ToOutbound =
  | { readonly kind: 'forward'; readonly order: ForwardOrder }
  | { readonly kind: 'ask'; readonly id: number; readonly ask: OutboundAsk }
  /** Hooks were changed. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'close' };

export type FromOutbound =
  | { readonly kind: 'forwarded'; readonly answer: ForwardAnswer }
  | { readonly kind: 'answered'; readonly id: number; readonly answer: OutboundAnswer };
