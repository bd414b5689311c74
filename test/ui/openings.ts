/** What opens over or within the views: every dialog by the control that brings it up, and parts that are shut at first. */
import type { Locator, Page } from 'playwright-core';

export interface Opening {
  readonly name: string;
  readonly path: string;
  /** Has the focus, is pressed, and gets the focus back. */
  readonly by: (page: Page) => Locator;
  /** What is pressed on it; Enter if absent. */
  readonly key?: string;
  /** What must be there before. */
  readonly ready?: string;
}

const button = (name: string | RegExp) => (page: Page) =>
  page.getByRole('main').getByRole('button', { name, exact: true }).first();

export const dialogs: readonly Opening[] = [
  { name: 'lockdown-sure', path: '/', by: button('Lockdown') },
  { name: 'person-add', path: '/people', by: button('Add user') },
  { name: 'card-find', path: '/people', by: button('Find a card') },
  { name: 'people-file', path: '/people', by: button('Import, export') },
  { name: 'card-add', path: '/people/ann', by: button('Add card or code') },
  { name: 'card-serving', path: '/people/ann', by: button(/^How it serves/) },
  { name: 'card-delete', path: '/people/ann', by: button('Delete card or code') },
  { name: 'person-delete', path: '/people/ann', by: button('Delete') },
  { name: 'schedule-delete', path: '/doors?tab=schedules', by: button('Delete') },
  { name: 'right-delete', path: '/doors?tab=rights', by: button('Delete All doors') },
  { name: 'zone-add', path: '/zones', by: button('Add zone') },
  { name: 'zone-muster', path: '/zones/1', by: button('Begin a muster') },
  { name: 'zone-lockdown', path: '/zones/1', by: button('Nobody in') },
  { name: 'zone-forgive-all', path: '/zones/1', by: button('Forgive all') },
  {
    name: 'zone-forgive-group',
    path: '/zones/1',
    by: (page) => page.getByLabel('Forgive a group'),
    ready: 'option[value=staff]',
    key: 'ArrowDown',
  },
  { name: 'zone-delete', path: '/zones/1', by: button('Delete') },
  {
    name: 'log-row-by-keyboard',
    path: '/log',
    by: (page) => page.getByRole('listbox'),
    ready: '.log-row time',
  },
  { name: 'operator-add', path: '/settings?tab=operators', by: button('Add') },
  { name: 'operator-edit', path: '/settings?tab=operators', by: button('Edit olga') },
  { name: 'token-revoke', path: '/settings?tab=tokens', by: button(/^Revoke /) },
  { name: 'source-add', path: '/settings?tab=sources', by: button('Add') },
  { name: 'source-edit', path: '/settings?tab=sources', by: button('Edit Demo sender') },
  { name: 'hook-add', path: '/settings?tab=outgoing', by: button('Add') },
  { name: 'hook-edit', path: '/settings?tab=outgoing', by: button(/^Edit Feed/) },
  { name: 'dead-letters', path: '/settings?tab=outgoing', by: button(/given up$/) },
  { name: 'restore', path: '/settings?tab=backups', by: button('Restore') },
];

export interface Part {
  readonly name: string;
  readonly path: string;
  readonly within?: 'dialog';
  readonly open: (page: Page) => Promise<void>;
}

async function press(page: Page, name: string | RegExp): Promise<void> {
  await button(name)(page).press('Enter');
}

async function dialogOf(page: Page, name: string | RegExp): Promise<Locator> {
  await press(page, name);
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  return dialog;
}

async function openAll(of: Locator): Promise<void> {
  for (const summary of await of.locator('details > summary').all()) await summary.press('Enter');
}

async function cardOfKind(page: Page, kind: string): Promise<void> {
  const dialog = await dialogOf(page, 'Add card or code');
  await dialog.getByLabel('Kind').selectOption(kind);
}

export const parts: readonly Part[] = [
  {
    name: 'explained',
    path: '/people/ann',
    open: async (page) => {
      await press(page, 'Ask');
      await page.locator('.checks li').first().waitFor();
    },
  },
  {
    name: 'zone-finer',
    path: '/zones/1',
    open: async (page) => {
      await page.locator('details.finer').first().waitFor();
      await openAll(page.getByRole('main'));
      const actions = page.getByRole('group', { name: 'On a violation' });
      for (const kind of ['led', 'buzzer', 'url', 'lock-door']) {
        await page.getByLabel('Action to add').selectOption(kind);
        await actions.getByRole('button', { name: 'Add' }).press('Enter');
      }
      await press(page, 'Add a car pool');
      const counts = page.getByRole('group', { name: 'Outputs that follow the number inside' });
      await counts.getByRole('button', { name: 'Add' }).press('Enter');
      await counts.getByLabel('When').selectOption('full');
    },
  },
  {
    name: 'token-made',
    path: '/settings?tab=tokens',
    open: async (page) => {
      await page.getByLabel('Name', { exact: true }).fill('Gate script');
      await press(page, 'Add');
      await page.locator('.copy-line').waitFor();
    },
  },
  {
    name: 'card-add-pin',
    path: '/people/ann',
    within: 'dialog',
    open: async (page) => {
      await cardOfKind(page, 'pin');
      await page.getByRole('button', { name: 'Make up a one-time code' }).press('Enter');
    },
  },
  {
    name: 'card-add-notation',
    path: '/people/ann',
    within: 'dialog',
    open: (page) => cardOfKind(page, 'notation'),
  },
  {
    name: 'card-add-refused',
    path: '/people/ann',
    within: 'dialog',
    open: async (page) => {
      await cardOfKind(page, 'hex');
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Card, in hexadecimal').fill('no card');
      await dialog.getByRole('button', { name: 'Save' }).press('Enter');
      await dialog.getByRole('alert').waitFor();
    },
  },
  {
    name: 'people-file-checked',
    path: '/people',
    within: 'dialog',
    open: async (page) => {
      const dialog = await dialogOf(page, 'Import, export');
      const buffer = Buffer.from('id,name,groups\nzoe,Zoe,nowhere\n');
      const file = { name: 'people.csv', mimeType: 'text/csv', buffer };
      await dialog.getByLabel('CSV file to bring in').setInputFiles(file);
      await dialog.getByRole('button', { name: 'Check the file' }).press('Enter');
      await dialog.getByText(/^Line 2/).waitFor();
    },
  },
  {
    name: 'hook-finer',
    path: '/settings?tab=outgoing',
    within: 'dialog',
    open: async (page) => {
      const dialog = await dialogOf(page, 'Add');
      await openAll(dialog);
      await dialog.getByLabel('Body').selectOption('template');
    },
  },
  {
    name: 'question-over-dialog',
    path: '/settings?tab=operators',
    within: 'dialog',
    open: async (page) => {
      const dialog = await dialogOf(page, 'Edit olga');
      await dialog.getByRole('button', { name: 'Delete' }).press('Enter');
      await page.getByText('Delete olga?').waitFor();
    },
  },
];
