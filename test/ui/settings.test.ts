/** Settings in the browser: who manages, what is called, what was changed; each time as the controller has it. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { ownCertificate } from '../../src/api/certificate.js';
import { type Receiver, startReceiver } from '../outbound/receiver.js';
import { type Bare, dropDataDir, newDataDir, type Product, shell, startBare } from '../site/product.js';
import { changeElsewhere } from './elsewhere.js';
import { claimFor, claimInBrowser, logIn } from './firstRun.js';
import { look } from './looks.js';
import { type Scene, useScene } from './scene.js';
import { livedIn } from './views.js';
import { store } from './wrote.js';

describe('ui: settings', function () {
  this.timeout(60_000);
  let product: Product;
  let page: Page;
  let token: string;
  const scene: () => Scene = useScene({}, async (set) => {
    ({ product, page } = set);
    token = await claimFor(page, product);
    await livedIn(product, token);
  });

  async function send(method: string, path: string, body?: unknown): Promise<unknown> {
    const { status, body: said } = await product.api(method, `/api/v1${path}`, body, token);
    ok(status < 300, `${path}: ${status} ${JSON.stringify(said)}`);
    return said;
  }
  const get = async <T>(path: string) => (await send('GET', path)) as T;
  const items = async <T>(path: string) => (await get<{ items: readonly T[] }>(path)).items;
  const open = (path: string) => page.goto(product.url + path);
  const press = (name: string | RegExp, within: Locator | Page = page) =>
    within.getByRole('button', { name, exact: true }).click();
  const dialog = () => page.getByRole('dialog');
  const save = (within: Locator | Page = page) => store(page, 'Save', within);

  describe('operators and tokens', () => {
    it('an operator is made, logs in as what they are, is shut out, and is deleted', async () => {
      await open('/settings?tab=operators');
      await press('Add');
      const password = 'another long password';
      await dialog().getByLabel('Your login name').fill('vera');
      await dialog().getByLabel('Name', { exact: true }).fill('Vera');
      await dialog().getByLabel('Role').selectOption('viewer');
      await dialog().getByLabel('Password').fill(password);
      await save(dialog());
      equal((await get<{ role: string }>('/operators/vera')).role, 'viewer');
      const theirs = await (await scene().browser.newContext()).newPage();
      await logIn(theirs, product, '/', { name: 'vera', password });
      await theirs.locator('.door-card').first().waitFor();
      equal(await theirs.getByRole('button', { name: 'Open once' }).count(), 0);
      await theirs.context().close();
      await press('Edit vera');
      await dialog().getByLabel('May not log in').check();
      await save(dialog());
      const login = () => product.api('POST', '/api/v1/login', { name: 'vera', password }, 'none');
      equal((await login()).status, 401);
      // The list is there again, with the revision that is to be deleted.
      await page.getByText('Disabled').waitFor();
      await press('Edit vera');
      await press('Delete', dialog());
      await store(page, 'Delete', page.getByRole('dialog', { name: 'Delete', exact: true }));
      await page.getByRole('button', { name: 'Edit vera' }).waitFor({ state: 'detached' });
      equal((await product.api('GET', '/api/v1/operators/vera', undefined, token)).status, 404);
    });

    it("a password of one's own is changed only with the old one", async () => {
      const ways = {
        id: 'pat',
        name: 'Pat',
        role: 'operator',
        disabled: false,
        password: 'the first password',
      };
      await send('POST', '/operators', ways);
      const theirs = await (await scene().browser.newContext()).newPage();
      await logIn(theirs, product, '/settings', { name: 'pat', password: 'the first password' });
      await theirs.getByLabel('Old password').fill('not the first one');
      await theirs.getByLabel('New password').fill('the second password');
      await press('Save', theirs);
      await theirs.locator('.field.wrong', { hasText: 'Old password' }).waitFor();
      await theirs.getByLabel('Old password').fill('the first password');
      await store(theirs, 'Save');
      const login = async (password: string) =>
        (await product.api('POST', '/api/v1/login', { name: 'pat', password }, 'none')).status;
      deepEqual([await login('the first password'), await login('the second password')], [401, 200]);
      await theirs.context().close();
    });

    it('a token is shown once, serves until it is revoked, and not longer', async () => {
      await open('/settings?tab=tokens');
      await page.getByLabel('Name', { exact: true }).fill('Gate script');
      await page.getByLabel('Role').selectOption('viewer');
      await page.getByLabel('Days').fill('7');
      await press('Add');
      const secret = await page.getByRole('textbox', { name: 'Token' }).inputValue();
      const asked = async () => (await product.api('GET', '/api/v1/status', undefined, secret)).status;
      equal(await asked(), 200);
      equal((await product.api('POST', '/api/v1/doors/lobby/release', undefined, secret)).status, 403);
      await page.reload();
      await page.getByText('Gate script').waitFor();
      equal(await page.getByRole('textbox', { name: 'Token' }).count(), 0);
      await press('Revoke Gate script');
      await store(page, 'Revoke', dialog());
      await page.getByText('Gate script').waitFor({ state: 'detached' });
      equal(await asked(), 401);
    });
  });

  describe('a hook', () => {
    let receiver: Receiver;
    let status = 200;
    before(async () => {
      receiver = await startReceiver((_seen, response) => response.writeHead(status).end());
    });
    after(() => receiver?.close());

    it('is made, tried with its button, and what the receiver said is told', async () => {
      await open('/settings?tab=outgoing');
      await press('Add');
      await dialog().getByLabel('Name', { exact: true }).fill('Alarm desk');
      await dialog().getByLabel('URL').fill(`http://127.0.0.1:${receiver.port}/hook`);
      await save(dialog());
      await press('Test');
      await page.getByText('The receiver took the test event.').waitFor();
      deepEqual(
        receiver.seen.map(({ method, url }) => [method, url]),
        [['POST', '/hook']],
      );
      status = 500;
      await press('Test');
      await page.getByText(/^The receiver did not take it: .*500/).waitFor();
      equal(receiver.seen.length, 2);
    });
  });

  it('a sender is let in: the line to copy opens its door and no other, until the sender is off', async () => {
    await open('/settings?tab=sources');
    await press('Add');
    const password = 'the gate may open';
    await dialog().getByLabel('Name', { exact: true }).fill('Gate intercom');
    await dialog().getByLabel('Addresses it sends from').fill('127.0.0.1');
    await dialog().getByLabel('User name').fill('gate');
    await dialog().getByLabel('Password').fill(password);
    await dialog().getByLabel('Garage').check();
    await save(dialog());
    const added = page.getByRole('listitem').filter({ hasText: 'Gate intercom' });
    const url = await added.getByRole('textbox', { name: 'URL for the sender' }).inputValue();
    ok(url.startsWith(`http://gate:PASSWORD@127.0.0.1`) && url.includes('DoorNum=2&'), url);
    // Bob came in by the garage.
    const line = (await added.getByRole('textbox', { name: 'curl' }).inputValue())
      .replace('PASSWORD', password)
      .replace('Entry', 'Exit')
      .replace('001912D6', '001912D7');
    const asked = async (text: string) => (JSON.parse(await shell(text)) as { retcode: number }).retcode;
    equal(await asked(line), 0);
    ok((await asked(line.replace('DoorNum=2', 'DoorNum=1'))) !== 0);
    await press('Edit Gate intercom');
    await dialog().getByLabel('This sender is on').uncheck();
    await save(dialog());
    ok(!/"retcode":\s*0/.test(await shell(line).catch((error: Error) => error.message)));
  });

  describe('a certificate', () => {
    const site = `
name: Gate
board: mock
timeZone: Europe/Berlin
http: { host: 127.0.0.1, tls: self-signed }
doors:
  gate: { name: Gate, number: 1, relay: { line: relay1 } }
`;
    let dataDir: string;
    let encrypted: Bare | undefined;
    before(async () => {
      dataDir = newDataDir();
      encrypted = await startBare(dataDir, site, 'fingerprint');
    });
    after(async () => {
      await encrypted?.kill('SIGKILL');
      dropDataDir(dataDir);
    });

    it('of the own authority is chosen as files, shown where it is wrong, served, and given back', async () => {
      const printed = encrypted?.printed ?? '';
      const url = /https:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0] ?? '';
      const claimCode = /[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}/.exec(printed)?.[0] ?? '';
      const context = await scene().browser.newContext({ ignoreHTTPSErrors: true, reducedMotion: 'reduce' });
      const secure = await context.newPage();
      await claimInBrowser(secure, { url, claimCode });
      await secure.goto(`${url}/settings`);
      const form = secure.getByRole('region', { name: 'Certificate' });
      const file = (label: string, text: string) =>
        form
          .getByLabel(label)
          .setInputFiles({ name: 'chosen.pem', mimeType: 'text/plain', buffer: Buffer.from(text) });
      const folder = join(dataDir, 'made');
      mkdirSync(folder);
      const given = await ownCertificate({ folder, names: ['localhost'], nowMs: Date.now() });
      await file('Key from a file', 'x'.repeat(65_537));
      await secure.getByText('chosen.pem is too large for a certificate or key.').waitFor();
      equal(await form.getByLabel('Its private key').inputValue(), '');
      await file('Certificate from a file', given.cert);
      await file('Key from a file', 'not a key at all'.repeat(10));
      await press('Save', form);
      await form.locator('.field.wrong', { hasText: 'Its private key' }).waitFor();
      await look(secure, 'certificate');
      equal(await form.getByLabel(/^Certificate, with/).inputValue(), given.cert);
      await file('Key from a file', given.key);
      await store(secure, 'Save', form);
      const facts = secure.locator('.facts');
      await facts.getByText(given.sha256).waitFor();
      // Nothing of the key stays in the page once it is taken.
      equal(await form.getByLabel('Its private key').inputValue(), '');
      await press('Back to the one it made itself', form);
      await store(secure, 'Back to the one it made itself', secure.getByRole('dialog'));
      await facts.getByText(given.sha256).waitFor({ state: 'detached' });
      await context.close();
    });
  });

  it('the audit names who changed what, and leads to the row', async () => {
    await changeElsewhere(product, '/doors/garage', { name: 'Lower garage' }, token);
    await open('/settings?tab=audit');
    await page.getByText('olga changed the door Lower garage').first().waitFor();
    await page.getByLabel('What').selectOption('claimed');
    await page.getByText('olga claimed this unit').waitFor();
    const [claimed] = await items<{ seq: number }>('/events?kind=claimed');
    await page.getByRole('main').locator('.when').click();
    await page.waitForURL(`${product.url}/log?row=${claimed?.seq}`);
    await dialog().getByText('verified: follows from the row before').waitFor();
  });

  it('the controller tells its version, time, storage and readers as the API has them', async () => {
    await open('/settings');
    const fact = (name: string) =>
      page.locator('.facts > div').filter({ has: page.locator('dt', { hasText: name }) });
    const { versions, counts } = await get<{ versions: { sallyport: string }; counts: { users: number } }>(
      '/system',
    );
    await fact('Version').getByText(`Sallyport ${versions.sallyport}`).waitFor();
    await fact('People').getByText(`${counts.users} people`).waitFor();
    await fact('Time').getByText('Europe/Berlin').waitFor();
    await open('/settings?tab=readers');
    const [lobby] = await items<{ name: string; health: { frames: number } }>('/readers');
    ok((lobby?.health.frames ?? 0) > 1);
    const row = page.getByRole('row', { name: new RegExp(`^${lobby?.name}`) });
    await row.getByRole('cell', { name: String(lobby?.health.frames), exact: true }).waitFor();
  });
});
