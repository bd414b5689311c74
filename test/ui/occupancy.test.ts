/** The chart of a zone's day counts what no passage did: forgiving, hands, resets. */
import { deepEqual } from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { eventually, type Product } from '../site/product.js';
import { claimFor } from './firstRun.js';
import { useScene } from './scene.js';

describe('ui: occupancy over the day', function () {
  this.timeout(60_000);
  let product: Product;
  let page: Page;
  let token: string;
  useScene({}, async (scene) => {
    ({ product, page } = scene);
    token = await claimFor(page, product);
  });

  /** The last row of the chart's table once it says so. */
  async function lastIs(inside: number): Promise<void> {
    const cells = page.locator('.chart tbody tr:last-child td');
    await eventually(
      () => cells.allTextContents(),
      ([text]) => text === String(inside),
    );
  }

  it('put inside by hand, out by card, in again and forgiven: the chart follows, and before nobody was inside', async () => {
    await product.api('POST', '/api/v1/zones/1/assign', { user: 'ann', place: 'inside' }, token);
    await page.goto(`${product.url}/zones/1`);
    await lastIs(1);
    await product.present('lobby-out', 4822);
    await lastIs(0);
    await product.present('lobby-in', 4823);
    await lastIs(1);
    await product.api('POST', '/api/v1/zones/1/clear', { users: 'all' }, token);
    await lastIs(0);
    await page.reload();
    await lastIs(0);
    // Counted back from now by the passages alone, somebody would have been inside since yesterday.
    const table = await page.locator('.chart tbody td').allTextContents();
    deepEqual([...new Set(table.slice(0, -2))], ['0']);
  });
});
