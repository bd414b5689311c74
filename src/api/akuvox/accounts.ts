/**
 * Who is at the other end of an OpenDoor request: the enabled sources whose allow-list holds the socket's
 * address, the challenges they are offered, and the check of what they answer. Decides nothing about a door.
 */
import type { StoredSource } from '../../core/management.js';
import { type AllowList, allowList } from './addresses.js';
import {
  type BasicAnswer,
  type DigestAnswer,
  expectedResponse,
  ha1,
  parseAuthorization,
  realm,
  sameText,
} from './digest.js';
import { createNonces } from './nonces.js';

/** `refused` counts towards the block of the address; `again` does not: only the nonce was at fault. */
export type Login =
  | { readonly kind: 'source'; readonly source: StoredSource }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'again'; readonly replayed: boolean }
  | { readonly kind: 'refused' };

export interface Accounts {
  /** Takes the sources as they are stored now. */
  load(sources: readonly StoredSource[]): void;
  /** False while no source is enabled: the feature is off. */
  enabled(): boolean;
  /** The enabled sources that may speak from this address. */
  at(address: string): readonly StoredSource[];
  /** The `WWW-Authenticate` values for this address, Digest before Basic, one nonce for both algorithms. */
  challenges(address: string, stale: boolean): readonly string[];
  /** Checks an Authorization header sent with the request target `target` and, unless told, GET. */
  login(address: string, authorization: string | undefined, target: string, method?: string): Login;
  /** Form L: name and password in clear, for sources that allow that form. */
  loginInClear(address: string, username: string, password: string): Login;
  /** Notes a refused login; true when this one begins a block. */
  failed(address: string): boolean;
  blocked(address: string): boolean;
}

const failuresMax = 5;
const failureWindowMs = 30_000;
const blockMs = 30_000;
const addressesMax = 1_024;
/** Compared against when the name is unknown, so that the time says nothing. */
const nobody: Pick<StoredSource, 'ha1Md5' | 'ha1Sha256'> = {
  ha1Md5: '0'.repeat(32),
  ha1Sha256: '0'.repeat(64),
};

/** Accounts with a fresh nonce secret; `nowMs` is monotonic. */
export function createAccounts(nowMs: () => number, random: (bytes: number) => Buffer): Accounts {
  const nonces = createNonces(random(32));
  const opaque = random(12).toString('base64url');
  const register = createRegister();
  const { at } = register;
  const useNonce = (answer: DigestAnswer, address: string) => {
    const count = answer.qop === undefined ? undefined : Number.parseInt(answer.qop.nc, 16);
    return nonces.use(answer.nonce, address, count, nowMs());
  };

  return {
    ...register,
    ...createFailures(nowMs),
    challenges(address, stale) {
      const schemes = new Set(at(address).flatMap((source) => source.schemes));
      const nonce = nonces.issue(address, nowMs());
      const rest = `, realm="${realm}", qop="auth", nonce="${nonce}", opaque="${opaque}"${stale ? ', stale=true' : ''}`;
      return [
        ...(schemes.has('digest-sha256') ? [`Digest algorithm=SHA-256${rest}`] : []),
        ...(schemes.has('digest-md5') ? [`Digest algorithm=MD5${rest}`] : []),
        ...(schemes.has('basic') ? [`Basic realm="${realm}"`] : []),
      ];
    },
    login(address, authorization, target, method = 'GET') {
      if (authorization === undefined) return { kind: 'anonymous' };
      const answer = parseAuthorization(authorization);
      if (answer === undefined) return { kind: 'refused' };
      const sources = at(address);
      if (answer.kind === 'basic') {
        return checkClear(
          sources.filter((source) => source.schemes.includes('basic')),
          answer,
        );
      }
      const source = checkDigest(sources, answer, target, method);
      if (source === undefined) return { kind: 'refused' };
      if (answer.opaque !== undefined && answer.opaque !== opaque) return { kind: 'again', replayed: false };
      const use = useNonce(answer, address);
      return use === 'accepted'
        ? { kind: 'source', source }
        : { kind: 'again', replayed: use === 'replayed' };
    },
    loginInClear: (address, username, password) =>
      checkClear(
        at(address).filter((source) => source.legacyForm),
        { username, password },
      ),
  };
}

/** Which enabled sources may speak from which address; what was found is kept, bounded, until the next load. */
function createRegister(): Pick<Accounts, 'load' | 'enabled' | 'at'> {
  let loaded: readonly { readonly source: StoredSource; readonly allows: AllowList }[] = [];
  let byAddress = new Map<string, readonly StoredSource[]>();
  return {
    load(sources) {
      loaded = sources
        .filter((source) => source.enabled)
        .map((source) => ({ source, allows: allowList(source.addresses) }));
      byAddress = new Map();
    },
    enabled: () => loaded.length > 0,
    at(address) {
      const known = byAddress.get(address);
      if (known !== undefined) return known;
      const found = loaded.filter(({ allows }) => allows(address)).map(({ source }) => source);
      if (byAddress.size >= addressesMax) byAddress = new Map();
      byAddress.set(address, found);
      return found;
    },
  };
}

/** Refused logins by address, bounded: the oldest address makes room. */
function createFailures(nowMs: () => number): Pick<Accounts, 'failed' | 'blocked'> {
  const failures = new Map<string, readonly number[]>();
  return {
    failed(address) {
      const now = nowMs();
      const recent = (failures.get(address) ?? []).filter((atMs) => now - atMs < failureWindowMs);
      failures.delete(address);
      for (const oldest of failures.size >= addressesMax ? failures.keys() : []) {
        failures.delete(oldest);
        break;
      }
      failures.set(address, [...recent, now].slice(-failuresMax));
      return recent.length + 1 >= failuresMax;
    },
    blocked(address) {
      const recent = failures.get(address);
      const [first, last] = [recent?.[0], recent?.at(-1)];
      if (recent === undefined || first === undefined || last === undefined) return false;
      return recent.length >= failuresMax && last - first < failureWindowMs && nowMs() - last < blockMs;
    },
  };
}

/** The source whose password made this answer for this very target, the nonce not yet looked at. */
function checkDigest(
  sources: readonly StoredSource[],
  answer: DigestAnswer,
  target: string,
  method: string,
): StoredSource | undefined {
  const scheme = answer.algorithm === 'MD5' ? 'digest-md5' : 'digest-sha256';
  const source = sources.find((one) => one.username === answer.username && one.schemes.includes(scheme));
  const known = source ?? nobody;
  const hash = answer.algorithm === 'MD5' ? known.ha1Md5 : known.ha1Sha256;
  const expected = expectedResponse(answer, hash, method);
  const right = sameText(expected, answer.response.toLowerCase()) && answer.realm === realm;
  // RFC 7616 section 3.4.6: an answer made for another target is no answer for this one.
  return right && answer.uri === target ? source : undefined;
}

function checkClear(sources: readonly StoredSource[], answer: Omit<BasicAnswer, 'kind'>): Login {
  const source = sources.find((one) => one.username === answer.username);
  const sent = ha1('SHA-256', answer.username, answer.password);
  const right = sameText(sent, (source ?? nobody).ha1Sha256);
  return right && source !== undefined ? { kind: 'source', source } : { kind: 'refused' };
}
