/** Every view through axe, in light and dark: no serious and no critical violation. */
import { deepEqual, ok } from 'node:assert/strict';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import type { Product } from '../site/product.js';
import { watchPage } from './browser.js';
import { claimInBrowser, tokenOf } from './firstRun.js';
import { useScene } from './scene.js';
import { livedIn, views } from './views.js';

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

interface Findings {
  readonly passes: number;
  readonly violations: readonly Violation[];
}

describe('ui: every view for everybody (axe)', function () {
  this.timeout(60_000);
  let page: Page;
  let product: Product;
  let faults: readonly string[];
  // The page's own policy would refuse the test's script; serving.test.ts holds the policy itself.
  useScene({ bypassCSP: true, reducedMotion: 'reduce' }, async (scene) => {
    ({ product, page } = scene);
    faults = watchPage(page, product.url);
  });

  it('the first run, then a site that is lived in', async () => {
    await page.goto(product.url);
    await page.getByLabel('Claim code').waitFor();
    deepEqual(await violations(page), []);
    await claimInBrowser(page, product);
    await livedIn(product, await tokenOf(product));
  });

  for (const view of views) {
    it(view.name, async () => {
      await page.goto(product.url + view.path);
      await page.locator(view.ready).first().waitFor();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        deepEqual(await violations(page), [], colorScheme);
      }
      const heading = await page.locator('h1').count();
      ok(heading === 1 || view.path.includes('?'), 'one main heading');
      deepEqual(faults, []);
    });
  }
});

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { passes, violations: found } = await page.evaluate<Findings>(
    'axe.run().then(({ passes, violations }) => ({ passes: passes.length, violations }))',
  );
  ok(passes > 10, 'axe looked at nothing');
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}
