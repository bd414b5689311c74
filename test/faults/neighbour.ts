/** People of the demo site at a neighbouring device that sends OpenDoor, and the administrator of the unit. */
import { cardCode } from '../../src/demo/people.js';
import type { Product } from '../site/product.js';

export type Person = 'ann' | 'bob' | 'sue';

export interface Wish {
  readonly person: Person;
  readonly door: 'lobby' | 'garage';
  readonly mode: 'Entry' | 'Exit';
  /** Kept in the row of the decision as `claimedName`, so that each request is found in the log. */
  readonly tag: string;
}

export interface Answered {
  readonly retcode: number;
  readonly reason?: string;
}

const numbers: Readonly<Record<Person, number>> = { ann: 4822, bob: 4823, sue: 4824 };
const doorNumbers = { lobby: 1, garage: 2 } as const;

/** Sends one OpenDoor with the password that the product printed. Rejects when no whole answer comes. */
export async function openDoor(product: Product, wish: Wish): Promise<Answered> {
  const login = /-u (\S+)/.exec(product.curl)?.[1] ?? '';
  const code = cardCode({ facility: 25, number: numbers[wish.person] });
  const query = new URLSearchParams({
    action: 'OpenDoor',
    DoorNum: String(doorNumbers[wish.door]),
    AntiPassbackMode: wish.mode,
    Name: wish.tag,
    UnlockType: 'Card',
    Code: code,
  });
  const response = await fetch(`${product.url}/fcgi/OpenDoor?${query}`, {
    headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` },
  });
  const body = (await response.json()) as { retcode: number; data: { reason?: string } };
  const { reason } = body.data;
  return { retcode: body.retcode, ...(reason === undefined ? {} : { reason }) };
}

/** Presents the person's card at a reader of the mock board. */
export function presentCard(product: Product, person: Person, reader: string): Promise<void> {
  return product.present(reader, numbers[person]);
}

/** Makes the first administrator with the printed code; returns the token. */
export async function claim(product: Product): Promise<string> {
  const body = { code: product.claimCode, name: 'olga', password: 'a long enough password' };
  const answer = await product.api('POST', '/api/v1/claim', body, 'none');
  if (answer.status !== 201) throw new Error(`claim: ${answer.status} ${JSON.stringify(answer.body)}`);
  return (answer.body as { readonly token: string }).token;
}

/** Changes some fields of a stored thing, whatever its revision. */
export async function change(product: Product, token: string, path: string, fields: object): Promise<void> {
  const response = await fetch(product.url + path, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'if-match': '*' },
    body: JSON.stringify(fields),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

/** When each line of the mock board became active and inactive, oldest first. */
export async function edgesOf(product: Product, line: string) {
  return (await product.lines()).find((one) => one.line === line)?.history ?? [];
}

/** What `/api/v1/status` says of storage. */
export async function storageState(product: Product): Promise<string> {
  const { body } = await product.api('GET', '/api/v1/status');
  return (body as { readonly storage: string }).storage;
}

/** Starts something with more variables in its environment: a child takes them over as it is spawned. */
export function withEnvironment<T>(variables: Readonly<Record<string, string>>, spawns: () => T): T {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    return spawns();
  } finally {
    for (const name of Object.keys(variables)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}
