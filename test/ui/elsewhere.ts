/** What somebody else does over the API while the browser stands where it is. */
import { equal } from 'node:assert/strict';
import type { Product } from '../site/product.js';

/** Changes some fields of a thing at `/api/v1` + `path`, whatever its revision. */
export async function changeElsewhere(
  product: Product,
  path: string,
  change: object,
  token = product.token,
): Promise<void> {
  const response = await fetch(`${product.url}/api/v1${path}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'if-match': '*' },
    body: JSON.stringify(change),
  });
  equal(response.status, 200, await response.text());
}
