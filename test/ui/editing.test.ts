/** What a person wrote is never lost: to somebody else's change, to a failed save, to a session that ended. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Dialog, Page } from 'playwright-core';
import { eventually, type Product } from '../site/product.js';
import { createCuttableLine } from './cuttableLine.js';
import { changeElsewhere } from './elsewhere.js';
import { claimFor, operator } from './firstRun.js';
import { useScene } from './scene.js';
import { store } from './wrote.js';

describe('ui: editing', function () {
  this.timeout(60_000);
  let product: Product;
  let page: Page;
  let token: string;
  useScene({}, async (scene) => {
    ({ product, page } = scene);
    token = await claimFor(page, product);
    const office = { id: 'office', name: 'Office hours', week: Array(7).fill([]), holidays: {} };
    await product.api('POST', '/api/v1/schedules', office, token);
  });

  const thing = async (path: string) =>
    (await product.api('GET', `/api/v1${path}`, undefined, token)).body as Record<string, unknown>;
  const person = (id: string) => thing(`/users/${id}`);

  const changedElsewhere = (id: string, change: object) =>
    changeElsewhere(product, `/users/${id}`, change, token);

  async function openPerson(id: string): Promise<void> {
    await page.goto(`${product.url}/people/${id}`);
    await page.getByLabel('Name', { exact: true }).waitFor();
  }

  const name = () => page.getByLabel('Name', { exact: true });
  const save = () => page.getByRole('button', { name: 'Save', exact: true }).click();

  it('a stale save is refused kindly, names the other change, and keeps the input', async () => {
    await openPerson('ann');
    await name().fill('Ann Smith');
    await changedElsewhere('ann', { note: 'has a new phone' });
    await save();
    const note = page.getByRole('alert');
    await note.getByText('Somebody changed this meanwhile').waitFor();
    await note.getByText('Different now: Note').waitFor();
    equal(await name().inputValue(), 'Ann Smith');
    equal((await person('ann'))['name'], 'Ann');
    await note.getByRole('button', { name: 'Save mine' }).click();
    await page.getByText('Saved.').waitFor();
    const after = await person('ann');
    // Only what was changed here was sent: the other change stands too.
    equal(`${after['name']}, ${after['note']}`, 'Ann Smith, has a new phone');
  });

  it('or theirs is taken over', async () => {
    await openPerson('bob');
    await name().fill('Bobby');
    await changedElsewhere('bob', { name: 'Robert' });
    await save();
    await page.getByRole('button', { name: 'Take over theirs' }).click();
    equal(await name().inputValue(), 'Robert');
  });

  it('a save that fails on the way says what to do and loses nothing', async () => {
    await openPerson('sue');
    await name().fill('Susan');
    await page.route('**/api/v1/users/sue', (route) => route.abort());
    await save();
    await page.getByText('The controller does not answer.').waitFor();
    equal(await name().inputValue(), 'Susan');
    await page.unroute('**/api/v1/users/sue');
    await save();
    await page.getByText('Saved.').waitFor();
    equal((await person('sue'))['name'], 'Susan');
  });

  it('an answer that breaks off in the middle is none: the list says so and is read again', async () => {
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.goto(`${product.url}/people`);
    await page.getByRole('link', { name: /Bobby|Robert|Bob/ }).waitFor();
    await page.evaluate(breakNextSearch);
    const search = page.getByRole('searchbox');
    await search.fill('s');
    await page.getByText('The controller does not answer.').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('a[href="/people/sue"]').waitFor();
    deepEqual(errors, []);
  });

  it('a field the controller refuses is named beside it', async () => {
    await page.goto(`${product.url}/doors/lobby`);
    await page.getByLabel('Unlocked after a grant').fill('20');
    await page.getByLabel('Unlocked for people who need more time').fill('10');
    await save();
    await page.locator('.field.wrong', { hasText: 'Unlocked for people who need more time' }).waitFor();
  });

  it('a view with unsaved changes is left knowingly only, also by the button Back', async () => {
    await page.goto(`${product.url}/people`);
    await page.locator('a[href="/people/sue"]').click();
    await name().fill('Half a name');
    await page.locator('button[type=submit]:enabled', { hasText: 'Save' }).waitFor();
    const asked: string[] = [];
    let answer: 'accept' | 'dismiss' = 'dismiss';
    const answerIt = (dialog: Dialog) => {
      asked.push(dialog.message());
      return dialog[answer]();
    };
    page.on('dialog', answerIt);
    await page.evaluate('history.back()');
    await eventually(
      async () => asked.length,
      (count) => count === 1,
    );
    await page.getByRole('link', { name: 'Doors', exact: true }).click();
    await eventually(
      async () => asked.length,
      (count) => count === 2,
    );
    equal(page.url(), `${product.url}/people/sue`);
    equal(await name().inputValue(), 'Half a name');
    answer = 'accept';
    await page.evaluate('history.back()');
    await page.getByLabel('Search by name').waitFor();
    equal(page.url(), `${product.url}/people`);
    deepEqual(asked, Array(3).fill('Unsaved changes. Leave without saving?'));
    page.off('dialog', answerIt);
  });

  it('a session that ended asks for the password in place and goes on', async () => {
    await openPerson('sue');
    await name().fill('Sue again');
    await page.context().clearCookies();
    // Either the save brings the login up, or the page that kept itself fresh did already and the save waits behind it.
    const saving = save();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Password').fill(operator.password);
    await dialog.getByRole('button', { name: 'Log in' }).click();
    await saving;
    await page.getByText('Saved.').waitFor();
    equal((await person('sue'))['name'], 'Sue again');
  });

  it('live events go on after a lost connection, without a gap', async () => {
    const line = await createCuttableLine(product.url);
    await page.goto(line.url);
    await page.locator('.line[data-state=live]').waitFor({ state: 'attached' });
    line.cut();
    await page.getByText('Connection lost, trying again').waitFor();
    await product.present('garage-in', 4823);
    line.mend();
    await page.getByText('Robert, let in at Garage entry').waitFor();
    await page.locator('.line[data-state=live]').waitFor({ state: 'attached' });
    line.close();
  });

  describe('somebody else was first', () => {
    interface Form {
      readonly name: string;
      /** Address of the page, and of the thing in the API. */
      readonly at: string;
      readonly path: string;
      /** The form, where the page has several. */
      readonly form: string;
      readonly label: string;
      readonly theirs: object;
      readonly differs: string;
    }

    const forms: readonly Form[] = [
      {
        ...{ name: 'a door', at: '/doors/lobby', path: '/doors/lobby', form: 'Behaviour', label: 'Name' },
        ...{ theirs: { unlockMs: 9_000 }, differs: 'Unlocked after a grant' },
      },
      {
        ...{ name: 'a zone', at: '/zones/1', path: '/zones/1', form: 'Rules', label: 'Name' },
        ...{ theirs: { resetSeconds: 3_600 }, differs: 'Forgotten after (minutes)' },
      },
      {
        ...{
          name: 'a schedule',
          at: '/doors?tab=schedules',
          path: '/schedules/office',
          form: 'Office hours',
        },
        ...{
          label: 'Name of the schedule',
          theirs: { week: Array(7).fill([{ fromMinute: 480, toMinute: 1_020 }]) },
          differs: 'Hours of the week',
        },
      },
      {
        ...{ name: 'an access right', at: '/doors?tab=rights', path: '/access-rights/all-doors' },
        ...{ form: 'All doors', label: 'Name' },
        ...{ theirs: { doors: [{ door: 'lobby', schedule: 'office' }] }, differs: 'Doors' },
      },
      {
        ...{ name: 'a group', at: '/doors?tab=rights', path: '/groups/staff', form: 'Staff', label: 'Name' },
        ...{ theirs: { accessRights: [] }, differs: 'Access rights' },
      },
    ];

    for (const { name, at, path, form, label, theirs, differs } of forms) {
      it(`${name}: said kindly, nothing lost on either side`, async () => {
        await page.goto(product.url + at);
        const here = page.getByRole('form', { name: form, exact: true });
        await here.getByLabel(label, { exact: true }).fill(`${name} of mine`);
        await changeElsewhere(product, path, theirs, token);
        // The form goes by the name in it.
        const mine = page.getByRole('form').filter({ has: page.getByRole('alert') });
        await page
          .getByRole('form')
          .filter({ has: page.getByRole('button', { name: 'Save', disabled: false }) })
          .getByRole('button', { name: 'Save' })
          .click();
        await mine.getByText('Somebody changed this meanwhile').waitFor();
        await mine.getByText(`Different now: ${differs}`).waitFor();
        ok((await thing(path))['name'] !== `${name} of mine`);
        await store(page, 'Save mine', mine);
        await mine.waitFor({ state: 'detached' });
        const stored = await thing(path);
        equal(stored['name'], `${name} of mine`);
        for (const [field, value] of Object.entries(theirs)) deepEqual(stored[field], value);
      });
    }
  });
});

/** The page's next search gets its headers and half of its body. */
const breakNextSearch = `{
  const whole = fetch;
  fetch = (path, sending) => {
    if (!path.startsWith('/api/v1/users?')) return whole(path, sending);
    fetch = whole;
    const half = new TextEncoder().encode('{"ite');
    let sent = false;
    const pull = (body) => (sent ? body.error(new TypeError('cut')) : body.enqueue(half), (sent = true));
    return Promise.resolve(new Response(new ReadableStream({ pull }), { status: 200 }));
  };
}`;
