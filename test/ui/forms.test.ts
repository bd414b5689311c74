/**
 * Every form against the description of the API: the bounds of its number fields are those of the schema, and what the
 * API refuses stands at its field, or above the buttons where no field has it.
 */
import { deepEqual } from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import type { Product } from '../site/product.js';
import { claimFor } from './firstRun.js';
import { useScene } from './scene.js';
import { livedIn } from './views.js';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly type?: string | readonly string[];
}

interface FormCase {
  readonly path: string;
  /** Buttons to press before the form is there. */
  readonly press?: readonly (string | RegExp)[];
  /** Accessible name of the form; absent: the one within the dialog, or `within`. */
  readonly form?: string;
  readonly within?: string;
  readonly method: 'POST' | 'PUT' | 'PATCH';
  /** Path of the operation in the description of the API. */
  readonly api: string;
  /** Units of the API in one of the field. */
  readonly units?: Readonly<Record<string, number>>;
  /** Fields of the operation that this form has no input for. */
  readonly without?: readonly string[];
  /** Only these, where the operation takes one of several shapes. */
  readonly only?: readonly string[];
}

const seconds = 1_000;
/** Inputs that a hook has only once its body is a text of one's own. */
const hidden = ['template', 'contentType'];
const cases: readonly FormCase[] = [
  {
    ...{ path: '/doors/garage', form: 'Behaviour', method: 'PATCH', api: '/api/v1/doors/{id}' },
    units: {
      ...{ unlockMs: seconds, extendedUnlockMs: seconds, heldOpenMs: seconds },
      ...{ extendedHeldOpenMs: seconds, rexUnlockMs: seconds },
    },
  },
  { path: '/people/ann', within: '.two', method: 'PATCH', api: '/api/v1/users/{id}' },
  { path: '/people?new=person', method: 'POST', api: '/api/v1/users', without: ['id'] },
  {
    ...{ path: '/people/ann', press: ['Add card or code'], method: 'POST', api: '/api/v1/credentials' },
    only: ['format', 'facility', 'number', 'usesLeft', 'duress'],
  },
  {
    ...{ path: '/people/ann', press: [/^How it serves/], method: 'PATCH' },
    ...{ api: '/api/v1/credentials/{id}', without: ['status'] },
  },
  { path: '/people', press: ['Find a card'], method: 'POST', api: '/api/v1/card-lookup' },
  { path: '/doors?tab=schedules', form: 'Office hours', method: 'PATCH', api: '/api/v1/schedules/{id}' },
  { path: '/doors?tab=holidays', within: 'main', method: 'POST', api: '/api/v1/holidays' },
  { path: '/doors?tab=rights', form: 'All doors', method: 'PATCH', api: '/api/v1/access-rights/{id}' },
  { path: '/doors?tab=rights', form: 'Staff', method: 'PATCH', api: '/api/v1/groups/{id}' },
  {
    ...{ path: '/zones/1', form: 'Rules', method: 'PATCH', api: '/api/v1/zones/{id}' },
    units: { resetSeconds: 60 },
  },
  {
    ...{ path: '/zones', press: ['Add zone'], method: 'POST', api: '/api/v1/zones' },
    only: ['name', 'type', 'members'],
  },
  {
    path: '/settings',
    within: '.panel:has(> .panel-head h2:text("Your password"))',
    method: 'POST',
    api: '/api/v1/me/password',
  },
  { path: '/settings?tab=operators', press: ['Add'], method: 'POST', api: '/api/v1/operators' },
  {
    ...{ path: '/settings?tab=tokens', within: 'main', method: 'POST', api: '/api/v1/tokens' },
    without: ['operator'],
  },
  {
    ...{ path: '/settings?tab=sources', press: ['Add'], method: 'POST', api: '/api/v1/sources' },
    ...{ without: ['id'], units: { repeatMs: seconds } },
  },
  {
    path: '/settings?tab=outgoing',
    press: ['Add'],
    method: 'POST',
    api: '/api/v1/hooks',
    without: ['id', ...hidden],
  },
  {
    ...{ path: '/settings?tab=backups', within: '.panel:has-text("Every day")', method: 'PUT' },
    api: '/api/v1/backup-settings',
  },
  {
    ...{ path: '/settings?tab=backups', within: '.panel:has-text("Passphrase"):not(:has-text("Every day"))' },
    ...{ method: 'PUT', api: '/api/v1/backup-passphrase' },
  },
];

describe('ui: every form', function () {
  this.timeout(60_000);
  let product: Product;
  let page: Page;
  let paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { requestBody?: { content: Readonly<Record<string, { schema: Schema }>> } }>>
    >
  >;
  useScene({}, async (scene) => {
    ({ product, page } = scene);
    const token = await claimFor(page, product);
    await livedIn(product, token);
    const { body } = await product.api('GET', '/api/v1/openapi.json', undefined, token);
    ({ paths } = body as { paths: typeof paths });
  });

  function schemaOf({ method, api }: FormCase): Schema {
    const content = paths[api]?.[method.toLowerCase()]?.requestBody?.content ?? {};
    const [first] = Object.values(content);
    if (first === undefined) throw new Error(`no body described: ${method} ${api}`);
    return first.schema;
  }

  async function opened({ path, press = [], form, within }: FormCase): Promise<Locator> {
    await page.goto(product.url + path);
    for (const name of press) await page.getByRole('button', { name, exact: true }).first().click();
    if (form !== undefined) return page.getByRole('form', { name: form, exact: true });
    return page.locator(`${within ?? 'dialog'} form`).first();
  }

  for (const one of cases) {
    const title = `${one.method} ${one.api}`;

    it(`${title}: numbers bounded as the API bounds them, each error at its field`, async () => {
      const form = await opened(one);
      await form.locator('input').first().waitFor();
      const inputs = await form.locator('input[type=number]').evaluateAll((all) =>
        all.map((input) => {
          const [name, min, max] = ['name', 'min', 'max'].map((key) => input.getAttribute(key) ?? '');
          return { name: name ?? '', min: Number(min), max: Number(max) };
        }),
      );
      const unit = (name: string) => one.units?.[name] ?? 1;
      const wanted = inputs.map(({ name, min, max }) => {
        const bound = boundsAt(schemaOf(one), name.split('.'));
        // What the description leaves open the rules bound; the browser may be told of it, and must not be wider.
        return {
          name,
          min: bound?.minimum === undefined || bound.minimum < -1e9 ? min : bound.minimum / unit(name),
          max: bound?.maximum === undefined || bound.maximum > 1e9 ? max : bound.maximum / unit(name),
        };
      });
      deepEqual(inputs, wanted);
      deepEqual(inputs.filter(({ name }) => name === '').length, 0, 'a number without a name');

      // An error of no field stands above the buttons.
      const fields =
        one.only ??
        Object.keys(schemaOf(one).properties ?? {}).filter((name) => !one.without?.includes(name));
      const errors = [...fields, 'nowhere'].map((field) => ({ field, message: `refused <${field}>` }));
      const pattern = `**${one.api.replace(/\{\w+\}/g, '*')}`;
      await page.route(pattern, (route) =>
        route.request().method() === one.method
          ? route.fulfill({ status: 400, json: { detail: 'all is wrong', errors } })
          : route.continue(),
      );
      await form.evaluate((element) => {
        const it = element as unknown as { noValidate: boolean; requestSubmit(): void };
        it.noValidate = true;
        it.requestSubmit();
      });
      const note = form.getByRole('alert');
      await note.getByText('nowhere: refused <nowhere>').waitFor();
      await page.unroute(pattern);
      const said = await form.locator('p.error').allTextContents();
      deepEqual(
        fields.filter((field) => !said.includes(`refused <${field}>`)),
        [],
        'shown at no field',
      );
      deepEqual((await note.locator('p').allTextContents()).length, 1, 'said twice');
    });
  }
});

/** The schema of a field by its path; within one of several shapes the first that has it. */
function boundsAt(schema: Schema, [name, ...rest]: readonly string[]): Schema | undefined {
  const shapes = [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  if (name === undefined) return shapes.find(({ minimum, maximum }) => (minimum ?? maximum) !== undefined);
  for (const shape of shapes) {
    const found = shape.properties?.[name];
    if (found !== undefined) return boundsAt(found, rest);
  }
  return undefined;
}
