/** What comes into a page by itself, asked for closely: Playwright's own waiting looks every half second after the first. */
import type { Locator } from 'playwright-core';
import { eventually } from '../site/product.js';

/** Waits until it can be seen. */
export async function shown(locator: Locator): Promise<void> {
  await eventually(() => locator.first().isVisible(), Boolean, 20_000);
}

/** Waits until it is there no more. */
export async function gone(locator: Locator): Promise<void> {
  await eventually(
    () => locator.count(),
    (count) => count === 0,
    20_000,
  );
}
