/** Who works with the page: claimed or not, logged in or not, and as whom. */
import { type Answer, ask, useLogin } from './http.js';
import { createStore } from './store.js';

export type Role = 'administrator' | 'operator' | 'viewer' | 'demo';

export type Session =
  | { readonly kind: 'starting' }
  /** Nobody has claimed the unit: the first run. */
  | { readonly kind: 'unclaimed' }
  | { readonly kind: 'out' }
  | { readonly kind: 'in'; readonly name: string; readonly role: Role }
  /** Was logged in; the page stands as it was, behind a login. */
  | { readonly kind: 'expired'; readonly name: string; readonly role: Role };

interface Made {
  readonly token: string;
  readonly name: string;
  readonly role: Role;
}

export const session = createStore<Session>({ kind: 'starting' });
const kept = 'sallyport-token';
let waiting: ((done: boolean) => void)[] = [];

/** Finds out who we are; called once at the start. */
export async function startSession(): Promise<void> {
  useLogin({ headers, again });
  const welcome = await ask<{ claimed: boolean }>('GET', '/api/v1/welcome');
  if (welcome.ok && !welcome.value.claimed) return session.set({ kind: 'unclaimed' });
  if (token() === null) return session.set({ kind: 'out' });
  const me = await ask<{ name: string; role: Role }>('GET', '/api/v1/me');
  if (me.ok) session.set({ kind: 'in', name: me.value.name, role: me.value.role });
}

function token(): string | null {
  return sessionStorage.getItem(kept);
}

function headers(): Readonly<Record<string, string>> {
  const held = token();
  return held === null ? {} : { Authorization: `Bearer ${held}` };
}

/** Asks to log in again without leaving the page; every request that waits goes on together. */
function again(): Promise<boolean> {
  const now = session.get();
  if (now.kind === 'starting') {
    leave();
    return Promise.resolve(false);
  }
  if (now.kind === 'in') session.set({ ...now, kind: 'expired' });
  if (now.kind !== 'in' && now.kind !== 'expired') return Promise.resolve(false);
  return new Promise((resolve) => waiting.push(resolve));
}

export async function logIn(name: string, password: string): Promise<Answer<Made>> {
  return enter(await ask<Made>('POST', '/api/v1/login', { body: { name, password } }));
}

/** Makes the first administrator. The session begins when `enterClaimed` is called, so that the first run can go on. */
export async function claim(code: string, name: string, password: string): Promise<Answer<Made>> {
  const made = await ask<Made>('POST', '/api/v1/claim', { body: { code, name, password } });
  if (made.ok) sessionStorage.setItem(kept, made.value.token);
  return made;
}

export function enterClaimed(name: string, role: Role): void {
  session.set({ kind: 'in', name, role });
}

function enter(made: Answer<Made>): Answer<Made> {
  if (!made.ok) return made;
  sessionStorage.setItem(kept, made.value.token);
  session.set({ kind: 'in', name: made.value.name, role: made.value.role });
  release(true);
  return made;
}

export async function logOut(): Promise<void> {
  await ask('POST', '/api/v1/logout');
  leave();
}

function leave(): void {
  sessionStorage.removeItem(kept);
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
