import type { Cards } from './api/context.js';
import { decode, encode, type WiegandFormat } from './readers/wiegand/formats.js';
import { formatsWith } from './readers/wiegand/formatTable.js';

/** Card formats as the API speaks of them: the built-in ones and those of the site. */
export function cardsOf(own: readonly WiegandFormat[]): Cards {
  const known = formatsWith(own);
  return {
    formats: [...known.keys()],
    encode: (name, facility, number, issue = 0) => {
      const format = known.get(name);
      const encoded = format === undefined ? undefined : encode(format, { facility, issue, number });
      return encoded?.ok === true ? encoded.bits : undefined;
    },
    decode: (bits, name) => {
      const format = name === undefined ? undefined : known.get(name);
      const decoded = decode(bits, format === undefined ? [...known.values()] : [format]);
      if (!decoded.ok) return undefined;
      const { ok: _, issue: __, ...card } = decoded;
      return card;
    },
  };
}
