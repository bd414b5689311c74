/** The first run as a newcomer clicks it, and shorter ways in for tests of what comes after it. */
import type { Page } from 'playwright-core';
import { cookieName } from '../../src/api/browserSession.js';
import type { Product } from '../site/product.js';

export const operator = { name: 'olga', password: 'a long enough password' };

/** From the address that the start printed to the doors; `at` is called at each step before it is answered. */
export async function claimInBrowser(
  page: Page,
  product: Pick<Product, 'url' | 'claimCode'>,
  at: (step: string) => Promise<void> = async () => undefined,
): Promise<void> {
  await page.goto(product.url);
  await page.getByLabel('Claim code').waitFor();
  await at('claim');
  await page.getByLabel('Claim code').fill(product.claimCode);
  await page.getByLabel('Your login name').fill(operator.name);
  await page.getByLabel('Password').fill(operator.password);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('Time zone of the site').waitFor();
  await at('place');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Door 1').waitFor();
  await at('doors');
  await page.getByRole('button', { name: 'Go to the doors' }).click();
  await page.getByRole('heading', { name: 'Now', exact: true }).waitFor();
}

/** Claims without the page, which is logged in from its first view on; the operator's token. */
export async function claimFor(page: Page, product: Product): Promise<string> {
  const claim = { code: product.claimCode, ...operator };
  const { status, body } = await product.api('POST', '/api/v1/claim', claim, '');
  if (status >= 300) throw new Error(`claim: ${status} ${JSON.stringify(body)}`);
  const { token } = body as { readonly token: string };
  await enter(page, product, token);
  return token;
}

/** The page is logged in from its next view on, by the cookie that a login would have left. */
export async function enter(page: Page, { url }: Product, token: string): Promise<void> {
  const cookie = { name: cookieName, value: token, url: url.replace('http:', 'https:') };
  await page.context().addCookies([{ ...cookie, secure: true, httpOnly: true, sameSite: 'Strict' }]);
}

/** A token of that operator, for what a test does behind the page. */
export async function tokenOf(product: Product): Promise<string> {
  const { body } = await product.api('POST', '/api/v1/login', operator, 'none');
  return (body as { readonly token: string }).token;
}

export async function logIn(page: Page, product: Product, path = '/', as = operator): Promise<void> {
  await page.goto(product.url + path);
  await page.getByLabel('Name', { exact: true }).fill(as.name);
  await page.getByLabel('Password').fill(as.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.locator('div.frame').waitFor();
}
