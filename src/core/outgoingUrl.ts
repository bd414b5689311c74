/** What stands in place of a password in a URL that is shown. */
export const hiddenPassword = '*****';

/**
 * A URL as it may be shown: the password of its user info (RFC 3986 section 3.2.1) and secrets by name in its
 * query are hidden. Anything that is no URL comes back as it is.
 */
export function maskedUrl(url: string): string {
  return url
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#@:]*):[^/?#]*@/i, `$1:${hiddenPassword}@`)
    .replace(/([?&](?:password|passwd|pass|pwd|token|secret|key|api_?key)=)[^&#]*/gi, `$1${hiddenPassword}`);
}
