/** URLs that operators write and read back: a password in them goes in and never comes out. */
import { hiddenPassword, maskedUrl } from '../core/outgoingUrl.js';
import { fieldProblem, type Problem } from './problem.js';

/** Who sends back a hidden password keeps the one that is stored under that URL. */
export function withPasswords(
  sent: readonly string[],
  stored: readonly string[],
): readonly string[] | Problem {
  const known = new Map(stored.map((url) => [maskedUrl(url), url]));
  const urls = sent.map((url) => (url.includes(hiddenPassword) ? known.get(url) : url));
  const lost = urls.indexOf(undefined);
  if (lost >= 0) return fieldProblem(`urls.${lost}`, 'hides a password that is not known: write it again');
  return urls.filter((url) => url !== undefined);
}
