/** Waits for what the controller says to a change, so that a test goes on when it is stored and not before. */
import { ok } from 'node:assert/strict';
import type { Locator, Page, Response } from 'playwright-core';

/** Does `act` and waits for the answer to the change it sends; fails when it was refused. */
export async function wrote(page: Page, act: () => Promise<unknown>): Promise<Response> {
  const isChange = (answer: Response) =>
    answer.request().method() !== 'GET' && answer.url().includes('/api/v1/');
  const [answer] = await Promise.all([page.waitForResponse(isChange), act()]);
  ok(answer.ok(), `${answer.request().method()} ${answer.url()}: ${answer.status()}`);
  return answer;
}

/** Presses a button, in a part of the page if given, and waits for what it stored. */
export async function store(page: Page, name = 'Save', within: Locator | Page = page): Promise<void> {
  await wrote(page, () => within.getByRole('button', { name, exact: true }).click());
}
