/** Who has this card? Whatever is printed on it, in every way it may be meant. */
import { z } from 'zod';
import type { Revised, StoredCredential } from '../core/management.js';
import { cardSecretOf } from './akuvox/normalise.js';
import type { Context } from './context.js';
import { notations } from './credentialSecret.js';
import { credentialView, maskedOf } from './credentialView.js';
import { ok, type Row, row } from './route.js';
import { readers, text } from './schemas.js';

/** One way to read the text. */
interface Meaning {
  readonly as: string;
  readonly found: readonly Revised<StoredCredential>[];
}

const matchesMax = 50;

/** The row that looks a card or code up. A POST: its number must not stand in an address that is kept. */
export function lookupRow(context: Context): Row {
  return row({
    method: 'POST',
    path: '/api/v1/card-lookup',
    roles: readers,
    summary: 'Who has this card or code? As printed: 25/4822, a number, hex in either byte order, or bits',
    body: z.strictObject({ text: text(1, 256) }),
    response: z.strictObject({
      matches: z.array(
        z.strictObject({
          /** How the text was read: `code`, `number`, a notation or a format. */
          as: z.string(),
          credential: credentialView,
          user: z.strictObject({ id: z.string(), name: z.string(), enabled: z.boolean() }),
        }),
      ),
    }),
    handler: ({ body, caller }) => {
      const seen = new Set<string>();
      const matches = meaningsOf(context, body.text.trim()).flatMap(({ as, found }) =>
        found.flatMap((one) => {
          const user = context.reads.get('users', one.body.user)?.body;
          if (user === undefined || seen.has(one.body.id)) return [];
          seen.add(one.body.id);
          const { id, name, enabled } = user;
          return [{ as, credential: maskedOf(one, caller), user: { id, name, enabled } }];
        }),
      );
      return ok({ matches: matches.slice(0, matchesMax) });
    },
  });
}

function meaningsOf({ reads, cards }: Context, sent: string): readonly Meaning[] {
  const bySecret = (
    as: string,
    kind: 'card' | 'code',
    secret: string | undefined,
    bits?: number,
  ): Meaning => ({
    as,
    found:
      secret === undefined
        ? []
        : reads
            .credentialsOf(kind, secret)
            .filter(({ body }) => bits === undefined || body.bits === undefined || body.bits === bits),
  });
  const framed = (as: string, frame: string | undefined): Meaning => {
    const card = frame === undefined ? undefined : cards.decode(frame);
    return bySecret(as, 'card', card?.secret, card?.bits);
  };
  const [, facility = '', number = ''] = /^(\d{1,10})\s*[/:,; -]\s*(\d{1,78})$/.exec(sent) ?? [];
  return [
    bySecret('code', 'code', sent),
    ...(number === ''
      ? []
      : cards.formats.map((name) => framed(name, cards.encode(name, Number(facility), number)))),
    ...(/^[01]{8,256}$/.test(sent) ? [framed('bits', sent)] : []),
    ...notations.map((name) => bySecret(name, 'card', cardSecretOf(sent, name))),
    { as: 'number', found: byNumber(reads, sent) },
  ];
}

/** The bare number of a card whose facility is not printed; several people may have it. */
function byNumber(reads: Context['reads'], sent: string): readonly Revised<StoredCredential>[] {
  if (!/^[0-9]{1,78}$/.test(sent)) return [];
  const number = sent.replace(/^0+(?=.)/, '');
  const { items } = reads.list('credentials', { text: number, limit: 1_000 });
  return items.filter(({ body }) => body.number === number);
}
