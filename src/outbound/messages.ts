/** What the outbound thread is told and what it tells, as JSON text. */
import type { ForwardAnswer, ForwardOrder, PresentedCode } from '../core/forwarding.js';
import type { OutboundAnswer, OutboundAsk } from '../core/hooks.js';

export type ToOutbound =
  | { readonly kind: 'forward'; readonly order: ForwardOrder }
  | { readonly kind: 'ask'; readonly id: number; readonly ask: OutboundAsk }
  /** How the doors stand, as asked. */
  | { readonly kind: 'doors'; readonly id: number; readonly doors: PresentedCode['doors'] }
  /** Hooks were changed. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'close' };

export type FromOutbound =
  | { readonly kind: 'forwarded'; readonly answer: ForwardAnswer }
  | { readonly kind: 'answered'; readonly id: number; readonly answer: OutboundAnswer }
  /** How do the doors stand? */
  | { readonly kind: 'doors'; readonly id: number };
