/** Variables in URLs and bodies, `$name` and the like. A variable that is not known stays as it stands. */

export type Variables = Readonly<Record<string, string>>;

const variable = /\$([a-z][a-z0-9_]*)/g;

/** Every byte that is not unreserved (RFC 3986 section 2.3) becomes `%XX` of its UTF-8. */
export function percentEncoded(value: string): string {
  return Array.from(Buffer.from(value, 'utf8'), (byte) => {
    const character = String.fromCharCode(byte);
    return /[\w.~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

/**
 * The URL with its variables filled in: in the query only, so that no value can become another host or path.
 * Undefined when it is none of http and https.
 */
export function filledUrl(template: string, variables: Variables): URL | undefined {
  const mark = template.indexOf('?');
  const query = mark < 0 ? '' : template.slice(mark);
  const filledQuery = filled(query, variables, percentEncoded);
  const text = (mark < 0 ? template : template.slice(0, mark)) + filledQuery;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
}

/** A value as it may stand between the quotes of a JSON string. */
export function jsonEncoded(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/** A text with its variables filled in, each made fit for its place by `encode`. */
export function filled(text: string, variables: Variables, encode: (value: string) => string): string {
  return text.replace(variable, (whole, name: string) => {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    return value === undefined ? whole : encode(value);
  });
}

/** A URL's user info taken out of it, percent-decoded; undefined credentials where it has none. */
export function withoutCredentials(url: URL): {
  readonly url: URL;
  readonly credentials?: { readonly username: string; readonly password: string };
} {
  if (url.username === '' && url.password === '') return { url };
  const credentials = { username: decoded(url.username), password: decoded(url.password) };
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return { url: bare, credentials };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
