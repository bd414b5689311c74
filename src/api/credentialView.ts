/** A credential as everybody sees it: masked, and a PIN not at all. */
import { z } from 'zod';
import type { Revised, StoredCredential } from '../core/management.js';
import { maskedLabel } from './akuvox/normalise.js';
import { serving } from './credentialSecret.js';
import type { Caller } from './route.js';
import { id, operators, revision } from './schemas.js';

export const credentialView = z.strictObject({
  id,
  user: z.string(),
  kind: z.enum(['card', 'pin', 'code']),
  status: serving.status,
  /** Masked: the last four of a card or code, `PIN` of a PIN. */
  label: z.string(),
  format: z.string().exactOptional(),
  bits: z.int().exactOptional(),
  usesLeft: z.int().exactOptional(),
  /** Shown to those who manage people. */
  duress: z.boolean().exactOptional(),
  withCard: z.boolean().exactOptional(),
  revision,
});
/** May this caller see more than a mask? */
export function manages(caller: Caller | undefined): boolean {
  return caller !== undefined && operators.includes(caller.role);
}

/** As everybody sees it. */
export function maskedOf(
  { body, revision: made }: Revised<StoredCredential>,
  caller: Caller | undefined,
): z.output<typeof credentialView> {
  const { kind, format, bits, usesLeft, duress = false, withCard = false } = body;
  const label = kind === 'card' ? (body.number ?? body.secret) : body.secret;
  return {
    id: body.id,
    user: body.user,
    kind,
    status: body.status,
    label: kind === 'pin' ? 'PIN' : maskedLabel(label),
    ...(format === undefined ? {} : { format }),
    // Of a PIN it would tell how many digits to try.
    ...(bits === undefined || kind === 'pin' ? {} : { bits }),
    ...(usesLeft === undefined ? {} : { usesLeft }),
    ...(manages(caller) ? { duress } : {}),
    ...(kind === 'pin' ? { withCard } : {}),
    revision: made,
  };
}
