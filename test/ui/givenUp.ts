/** A hook whose receiver refuses, until what it was sent is given up. */
import { type Receiver, startReceiver } from '../outbound/receiver.js';
import { eventually, type Product } from '../site/product.js';
import { changeElsewhere } from './elsewhere.js';

export interface Refusing {
  readonly receiver: Receiver;
  /** From now on it takes what it is sent. */
  relent(): void;
  /** And again it takes nothing. */
  refuse(): void;
  close(): Promise<void>;
}

/** Adds the hook `feed` and has `count` failed logins given up. */
export async function giveUp(product: Product, token: string, count = 1): Promise<Refusing> {
  let status = 400;
  const receiver: Receiver = await startReceiver((_seen, response) => response.writeHead(status).end());
  const url = `http://127.0.0.1:${receiver.port}/`;
  await product.api(
    'POST',
    '/api/v1/hooks',
    { id: 'feed', name: 'Feed', url, events: ['login-failed'] },
    token,
  );
  for (let n = 0; n < count; n += 1) {
    await product.api('POST', '/api/v1/login', { name: 'nobody', password: 'wrong password' }, 'none');
  }
  let turn = 0;
  await eventually(
    async () => {
      turn += 1;
      // Each change of a hook has what waits tried at once: nobody waits for the pauses between.
      await changeElsewhere(product, '/hooks/feed', { name: `Feed ${turn}` }, token);
      const { body } = await product.api('GET', '/api/v1/hook-states', undefined, token);
      return body as { readonly items: readonly { readonly deadLetters: number }[] };
    },
    ({ items }) => (items[0]?.deadLetters ?? 0) >= count,
  );
  return {
    receiver,
    relent: () => {
      status = 200;
    },
    refuse: () => {
      status = 400;
    },
    close: () => receiver.close(),
  };
}
