/** A line of OSDP readers in the browser, on a pseudo-terminal: a new reader gets its key, the line is searched. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { attachAll } from '../site/osdp/attach.js';
import { createPeripheral, type Peripheral } from '../site/osdp/peripheral.js';
import { administrator, startSite } from '../site/product.js';
import { openPseudoTerminal, type PseudoTerminal } from '../site/pseudoTerminal.js';
import { logIn } from './firstRun.js';
import { largeSite } from './largeSite.js';
import { look } from './looks.js';
import { useScene } from './scene.js';
import { shown } from './shown.js';

describe('ui: OSDP readers', function () {
  this.timeout(120_000);
  let page: Page;
  let terminal: PseudoTerminal;
  let fresh: Peripheral;
  let stranger: Peripheral;
  /** Who is wired: one at a time, as an installer tries readers on the bench. */
  let plugged: Peripheral;

  before(function () {
    const opened = openPseudoTerminal();
    if ('missing' in opened) return this.skip();
    terminal = opened;
    // One of the site file, as it comes out of its box; one that nobody knows.
    fresh = createPeripheral({ address: 1 });
    stranger = createPeripheral({ address: 5 });
    const setTimer = (run: () => void, afterMs: number) => {
      const timer = setTimeout(run, afterMs);
      return () => clearTimeout(timer);
    };
    const wired = (one: Peripheral): Peripheral => ({
      ...one,
      hear: (bytes, nowMs) => (plugged === one ? one.hear(bytes, nowMs) : []),
    });
    plugged = fresh;
    attachAll([wired(fresh), wired(stranger)], terminal, { nowMs: () => performance.now(), setTimer });
  });
  after(() => terminal?.close());

  useScene(
    {},
    async (scene) => {
      ({ page } = scene);
      await logIn(page, scene.product, '/settings?tab=readers', administrator);
    },
    (dataDir) => startSite(dataDir, largeSite(terminal.path)),
  );

  const line = () => page.getByRole('region', { name: 'RS485 line rs485' });
  const confirm = (name: string) => page.getByRole('dialog').getByRole('button', { name }).click();

  it('a new reader gets a key of its own while somebody stands at it', async () => {
    const reader = line().getByRole('listitem').first();
    await reader.getByText('address 1').waitFor();
    equal(fresh.key(), undefined);
    await reader.getByRole('button', { name: 'Install a key' }).click();
    await confirm('Install a key');
    await reader.getByText('Secure Channel').waitFor();
    await reader.getByText('online').waitFor();
    ok(fresh.key() !== undefined);
    ok(fresh.isSecure());
    deepEqual(fresh.violations, []);
  });

  it('the other one is offline, and the page says so', async () => {
    const other = line().getByRole('listitem').nth(1);
    await other.getByText('offline').waitFor();
    await page.getByRole('link', { name: 'Now' }).click();
    const name = 'Warenannahme und Kühlhaus 2 außen';
    await shown(page.getByText(/außen: the reader has a key of its own now/));
    await shown(page.locator('[data-door=d2]').getByText(`Offline: ${name}`));
    await look(page, 'now-offline');
    equal(await page.locator('[data-door=d1]').getByText('Offline').count(), 0);
    await page.goBack();
    await line().waitFor();
  });

  it('the line is searched: its progress is followed, who was found is moved to a free address', async () => {
    plugged = stranger;
    await line().getByRole('listitem').first().getByText('offline').waitFor();
    await line().getByLabel('Speeds').selectOption('9600');
    await line().getByRole('button', { name: 'Search the line' }).click();
    await confirm('Search the line');
    const found = line().getByText('address 5 at 9,600');
    await found.waitFor();
    await look(page, 'osdp-line');
    await line().getByLabel('New address of 5').fill('2');
    await line().getByRole('button', { name: 'Move' }).click();
    await confirm('Move');
    await line().getByText('The reader is at its new place.').waitFor();
    equal(stranger.address(), 2);
  });
});
