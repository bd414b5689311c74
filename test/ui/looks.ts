/**
 * One view or dialog as everybody gets it: phone and desktop, light and dark. Each is looked at by axe, has nothing
 * beside the screen, and leaves a picture in `screenshots/` (ignored by git; CI keeps it after a run).
 */
import { deepEqual, ok } from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';

const folder = 'screenshots';
/** A phone as narrow as they are sold, and a small desktop. */
const sizes = { desktop: { width: 1280, height: 860 }, phone: { width: 360, height: 780 } } as const;
const schemes = ['light', 'dark'] as const;
/** Light and dark differ in colours and in nothing else: in the dark only the rules that read colours run again. */
const colourRules = ['color-contrast', 'link-in-text-block'];

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

interface Findings {
  readonly passes: number;
  readonly violations: readonly Violation[];
}

/** What was looked at by now, over all suites of this process. */
const seen = { looks: 0, passes: 0, minor: new Map<string, number>() };

/**
 * Looks at what stands in the page, or at an open dialog alone (what lies behind it is inert). Ends at desktop size in
 * light; throws with all that is wrong.
 */
export async function look(page: Page, name: string, within: 'page' | 'dialog' = 'page'): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const faults: string[] = [];
  await withAxe(page);
  for (const [size, viewport] of Object.entries(sizes).reverse()) {
    await page.setViewportSize(viewport);
    for (const colorScheme of schemes.toReversed()) {
      await page.emulateMedia({ colorScheme });
      const path = join(folder, `${name}-${size}-${colorScheme}.png`);
      await picture(page, path, within === 'page');
      const rules = colorScheme === 'light' ? undefined : colourRules;
      const wrong = [...(await violations(page, within, rules)), ...(await besideTheScreen(page))];
      faults.push(...wrong.map((fault) => `${size}, ${colorScheme}: ${fault}`));
    }
  }
  deepEqual(faults, [], name);
}

/** One line for whoever reads the run. */
export function looked(): string {
  const minor = [...seen.minor].map(([id, count]) => `${id} ${count}`).join(', ');
  return `${seen.looks} runs of axe, ${seen.passes} rules passed; less than serious: ${minor || 'none'}`;
}

/** Over the debugger's line: the page keeps its own policy, under which no test's script would be let in. */
async function withAxe(page: Page): Promise<void> {
  if (await page.evaluate<boolean>("'axe' in globalThis")) return;
  const line = await page.context().newCDPSession(page);
  await line.send('Runtime.evaluate', { expression: axe.source });
  await line.detach();
}

/** As `page.screenshot` takes it, in half the time: nothing of these pages moves, and the file may be larger. */
async function picture(page: Page, path: string, whole: boolean): Promise<void> {
  const line = await page.context().newCDPSession(page);
  const { data } = await line.send('Page.captureScreenshot', {
    format: 'png',
    optimizeForSpeed: true,
    captureBeyondViewport: whole,
  });
  await Promise.all([writeFile(path, Buffer.from(data, 'base64')), line.detach()]);
}

async function violations(
  page: Page,
  within: 'page' | 'dialog',
  rules: readonly string[] | undefined,
): Promise<readonly string[]> {
  const scope = within === 'page' ? 'document' : topDialog;
  // No style sheet is read again (no rule here needs one), and what passes is counted, not described.
  const lean = { preload: false, resultTypes: ['violations'] };
  const options = rules === undefined ? lean : { ...lean, runOnly: { type: 'rule', values: rules } };
  const { passes, violations: found } = await page.evaluate<Findings>(
    `axe.run(${scope}, ${JSON.stringify(options)})
      .then(({ passes, violations }) => ({ passes: passes.length, violations }))`,
  );
  ok(passes > (rules === undefined ? 10 : 0), 'axe looked at nothing');
  seen.looks += 1;
  seen.passes += passes;
  const isGrave = ({ impact }: Violation) => impact === 'serious' || impact === 'critical';
  for (const { id } of found.filter((one) => !isGrave(one)))
    seen.minor.set(id, (seen.minor.get(id) ?? 0) + 1);
  return found
    .filter(isGrave)
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

const topDialog = "[...document.querySelectorAll('dialog[open]')].at(-1)";

/** What cannot be seen without scrolling sideways, unless it stands in a box made to scroll. */
export function besideTheScreen(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(`(() => {
    const isBox = (element) =>
      element !== null &&
      (/auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX) || isBox(element.parentElement));
    const root = ${topDialog} ?? document.body;
    const wide = [...root.querySelectorAll('*')].filter(
      (one) => one.getBoundingClientRect().right > innerWidth + 1 && !isBox(one.parentElement),
    );
    const scrolls = [document.documentElement, root].some((one) => one.scrollWidth > one.clientWidth + 1);
    if (!scrolls && wide.length === 0) return [];
    return ['wider than the screen: ' + wide.slice(0, 4).map((one) => one.outerHTML.slice(0, 100)).join(' | ')];
  })()`);
}
