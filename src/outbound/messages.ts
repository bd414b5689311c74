/** What the outbound thread is told and what it tells, as JSON text. */
import type { ForwardAnswer, ForwardOrder } from '../core/forwarding.js';

export type ToOutbound =
  | { readonly kind: 'forward'; readonly order: ForwardOrder }
  | { readonly kind: 'close' };

export type FromOutbound = { readonly kind: 'forwarded'; readonly answer: ForwardAnswer };
