/** What is presented at the door, in every notation people have it in, and the key it is looked up by. */
import { z } from 'zod';
import type { StoredCredential } from '../core/management.js';
import { cardSecretOf, hexSecret } from './akuvox/normalise.js';
import { type Context, cardPinSecret, pinSecret } from './context.js';
import { fieldProblem, type Problem } from './problem.js';
import { id, text } from './schemas.js';

/** As Akuvox devices print a card; `8HN` is plain hex, `8HR` the same with its bytes turned round. */
export const notations = ['8HN', '8HR', '8H10D', '6H3D5D'] as const;
const card = { kind: z.literal('card') };
/** A card in one of the ways it can be written. */
export const cardForms = [
  z.strictObject({
    ...card,
    format: z.string().min(1).max(32),
    facility: z.int().min(0).max(0xffff_ffff).default(0),
    /** OEM code or issue level, in formats that have one. */
    issue: z.int().min(0).max(0xffff_ffff).default(0),
    number: z.string().regex(/^[0-9]{1,78}$/, 'must be at most 78 decimal digits'),
  }),
  z.strictObject({ ...card, hex: z.string().regex(/^[0-9a-f]{1,64}$/i, 'must be hexadecimal digits') }),
  z.strictObject({ ...card, bits: z.string().regex(/^[01]{8,256}$/, 'is 0 and 1') }),
  z.strictObject({
    ...card,
    notation: z.enum(notations),
    value: z.string().regex(/^[0-9a-f][0-9a-f\s:._-]{0,95}$/i, 'must be digits'),
  }),
] as const;

/** How a credential serves; the same for all kinds. */
export const serving = {
  status: z.enum(['active', 'disabled', 'lost', 'stolen']),
  /** How often it may still open; 1 = a one-time code. */
  usesLeft: z.int().min(0).max(1_000_000),
  /** It opens, and raises a silent alarm. */
  duress: z.boolean(),
};

const common = {
  id: id.optional(),
  user: id,
  status: serving.status.default('active'),
  usesLeft: serving.usesLeft.min(1).exactOptional(),
  duress: serving.duress.default(false),
};
const [byNumber, byHex, byBits, byNotation] = cardForms;
export const newCredential = z.union([
  byNumber.extend(common).strict(),
  byHex.extend(common).strict(),
  byBits.extend(common).strict(),
  byNotation.extend(common).strict(),
  z.strictObject({
    ...common,
    kind: z.literal('pin'),
    pin: z.string().regex(/^[0-9]{4,8}$/, 'is 4 to 8 digits'),
    /** Only after the user's card at a reader that asks for both; then others may have the same digits. */
    withCard: z.boolean().default(false),
  }),
  z.strictObject({ ...common, kind: z.literal('code'), code: text(1, 64) }),
]);
export type NewCredential = z.output<typeof newCredential>;
type CardForm = z.output<(typeof cardForms)[number]>;

export type Secret = Pick<
  StoredCredential,
  'secret' | 'bits' | 'format' | 'facility' | 'number' | 'withCard'
>;

/** The look-up key of what was sent, or what is wrong with it. */
export function secretOf(context: Context, body: NewCredential): Secret | Problem {
  if ('pin' in body) return pinOf(context, body);
  if ('code' in body) return { secret: body.code };
  return cardOf(context, body);
}

/** The field the client sent the secret in, for problems that storage finds. */
export function secretField(body: object): string {
  return (
    (['number', 'hex', 'bits', 'value', 'pin', 'code'] as const).find((name) => name in body) ?? 'secret'
  );
}

function pinOf(context: Context, body: Extract<NewCredential, { kind: 'pin' }>): Secret | Problem {
  const pepper = context.reads.setting('pin-pepper');
  const secret = body.withCard ? cardPinSecret(pepper, body.user, body.pin) : pinSecret(pepper, body.pin);
  if (secret === undefined) return fieldProblem('pin', 'this installation takes no PINs', 409);
  return body.withCard ? { secret, withCard: true } : { secret, bits: body.pin.length };
}

/** A card's key, as a reader would look it up. */
export function cardOf(context: Context, body: CardForm): Secret | Problem {
  if ('hex' in body) return { secret: hexSecret(body.hex) ?? body.hex };
  if ('notation' in body) {
    const secret = cardSecretOf(body.value, body.notation);
    return secret === undefined ? fieldProblem('value', `is no card in ${body.notation}`) : { secret };
  }
  if ('bits' in body) {
    return context.cards.decode(body.bits) ?? fieldProblem('bits', 'no format has this length and parity');
  }
  if (!context.cards.formats.includes(body.format)) {
    return fieldProblem('format', `is one of ${context.cards.formats.join(', ')}`);
  }
  const bits = context.cards.encode(body.format, body.facility, body.number, body.issue);
  const read = bits === undefined ? undefined : context.cards.decode(bits, body.format);
  if (read === undefined) return fieldProblem('number', `facility and number do not fit ${body.format}`);
  return { ...read, facility: body.facility, number: body.number };
}
