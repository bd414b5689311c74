/** Debian's Chromium, driven headless; everything here skips, visibly, where there is none. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const candidates = [process.env['CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** Path of the browser, undefined = none on this machine. */
export const chromiumPath = candidates.find((path) => path !== '' && existsSync(path));

let running: Promise<Browser> | undefined;

/** The one browser of all suites, which asks no other host for anything; what they must not share is in their contexts. */
export function browserOfAll(): Promise<Browser> {
  running ??= launch();
  return running;
}

/** Ends it, after the last of them. */
export async function endBrowserOfAll(): Promise<void> {
  await (await running)?.close();
}

/** A browser with an empty profile of its own. */
export function launch(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('no chromium here: apt install chromium, or set CHROMIUM');
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Skips a suite where there is no browser. */
export function needsBrowser(context: Mocha.Context): void {
  if (chromiumPath !== undefined) return;
  process.stdout.write('    (skipped: no chromium; apt install chromium, or set CHROMIUM to its path)\n');
  context.skip();
}

/** Everything a page must not do while a test uses it: errors, refused inline code, other hosts. */
export function watchPage(page: Page, origin: string): readonly string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    if (/Content Security Policy|Trusted/i.test(text)) faults.push(`policy: ${text}`);
    // An answer of 400 and more is the API's word, which the page shows; the console only says that there was one.
    else if (message.type() === 'error' && !/status of 4\d\d/.test(text)) faults.push(`console: ${text}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(?:data|blob):/.test(url)) faults.push(`other host: ${url}`);
  });
  return faults;
}
