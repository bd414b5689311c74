/** A client of the Akuvox API of a web edge, and the account it has. */
import type { StoredSource } from '../../../src/core/management.js';
import { basic, type Edge } from '../fakes.js';

export const account: Partial<StoredSource> = { id: 'hub', name: 'Hub', serves: 'api', doors: ['lobby'] };

export const ann = {
  UserID: '1001',
  Name: 'Ann',
  PrivatePIN: '4321',
  CardCode: '1912D6;0A1B2C3D',
  ScheduleRelay: '1001-12;',
};

export interface Reply {
  readonly status: number;
  readonly retcode: number;
  readonly message: string;
  readonly action: string;
  readonly data: Record<string, unknown> & { readonly item?: readonly Record<string, unknown>[] };
}

/** `edge` is asked for at each call: each test has its own. */
export function facadeClient(edge: () => Edge) {
  async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const reply = await fetch(edge().url + path, {
      method,
      headers: { Authorization: basic, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await reply.text();
    const parsed = text.startsWith('{') ? JSON.parse(text) : {};
    return { status: reply.status, ...parsed } as Reply;
  }
  const post = (target: string, action: string, data: object = {}) =>
    ask('POST', '/api', { target, action, data });
  return { ask, post };
}
