/** Who works with the page: claimed or not, logged in or not, and as whom. */
import { type Answer, ask, useLogin } from './http.js';
import { createStore } from './store.js';

export type Role = 'administrator' | 'operator' | 'viewer' | 'intercom' | 'demo';

export type Session =
  | { readonly kind: 'starting' }
  /** Nobody has claimed the unit: the first run. */
  | { readonly kind: 'unclaimed' }
  | { readonly kind: 'out' }
  | { readonly kind: 'in'; readonly name: string; readonly role: Role }
  /** Was logged in; the page stands as it was, behind a login. */
  | { readonly kind: 'expired'; readonly name: string; readonly role: Role };

interface Made {
  readonly name: string;
  readonly role: Role;
  /** Goes with every change; absent where the session is a token. */
  readonly csrf?: string;
}

export const session = createStore<Session>({ kind: 'starting' });
/** Where this browser keeps no session cookie (plain HTTP from afar) a token takes its place, for this tab alone. */
const kept = 'sallyport-token';
let csrf: string | undefined;
let waiting: ((done: boolean) => void)[] = [];

/** Finds out who we are; called once at the start. */
export async function startSession(): Promise<void> {
  useLogin({ headers, again });
  const [welcome, mine] = await Promise.all([
    ask<{ claimed: boolean }>('GET', '/api/v1/welcome'),
    ask<Made>('GET', '/api/v1/session'),
  ]);
  if (welcome.ok && !welcome.value.claimed) return session.set({ kind: 'unclaimed' });
  if (mine.ok) enter(mine.value);
  else session.set({ kind: 'out' });
}

function headers(method: string): Readonly<Record<string, string>> {
  const token = sessionStorage.getItem(kept);
  return {
    ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
    ...(csrf === undefined || method === 'GET' ? {} : { 'X-CSRF-Token': csrf }),
  };
}

/** Asks to log in again without leaving the page; every request that waits goes on together. */
function again(): Promise<boolean> {
  const now = session.get();
  if (now.kind === 'in') session.set({ ...now, kind: 'expired' });
  if (now.kind !== 'in' && now.kind !== 'expired') return Promise.resolve(false);
  return new Promise((resolve) => waiting.push(resolve));
}

export async function logIn(name: string, password: string): Promise<Answer<Made>> {
  const made = await begin(name, password);
  if (!made.ok) return made;
  enter(made.value);
  release(true);
  return made;
}

async function begin(name: string, password: string): Promise<Answer<Made>> {
  sessionStorage.removeItem(kept);
  const body = { name, password };
  const made = await ask<Made>('POST', '/api/v1/session', { body });
  if (made.ok || made.problem.status !== 403 || isSecureContext) return keepCsrf(made);
  const token = await ask<Made & { token: string }>('POST', '/api/v1/login', { body });
  if (token.ok) sessionStorage.setItem(kept, token.value.token);
  return token;
}

function keepCsrf(made: Answer<Made>): Answer<Made> {
  if (made.ok) csrf = made.value.csrf;
  return made;
}

/** Makes the first administrator and logs in; the page goes on with the first run until `enterClaimed`. */
export async function claim(code: string, name: string, password: string): Promise<Answer<Made>> {
  const made = await ask<Made & { token: string }>('POST', '/api/v1/claim', {
    body: { code, name, password },
  });
  if (!made.ok) return made;
  const begun = await begin(name, password);
  // The token of the claim has done its work.
  const { token } = made.value;
  void fetch('/api/v1/logout', {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
    credentials: 'omit',
  });
  return begun;
}

export function enterClaimed(name: string, role: Role): void {
  session.set({ kind: 'in', name, role });
}

function enter(made: Made): void {
  csrf = made.csrf;
  session.set({ kind: 'in', name: made.name, role: made.role });
}

export async function logOut(): Promise<void> {
  await ask('POST', '/api/v1/logout');
  leave();
}

function leave(): void {
  sessionStorage.removeItem(kept);
  csrf = undefined;
  session.set({ kind: 'out' });
  release(false);
}

function release(done: boolean): void {
  const held = waiting;
  waiting = [];
  for (const go of held) go(done);
}

/** May the person logged in do what this role may? */
export function may(role: 'administrator' | 'operator'): boolean {
  const now = session.get();
  if (now.kind !== 'in' && now.kind !== 'expired') return false;
  return now.role === 'administrator' || now.role === role;
}
