/** Checks the text of a site file in a thread of its own, as the file itself is checked at the start. */
import { Worker } from 'node:worker_threads';
import type { SiteFinding } from './api/system.js';
import type { SiteResult } from './config/siteFile.js';

/** A text that keeps the thread longer than this is answered as a mistake. */
const longestMs = 10_000;

/** A check that does one text at a time; undefined = it is busy with another. */
export function createSiteCheck(): (yaml: string) => Promise<readonly SiteFinding[] | undefined> {
  let busy = false;
  return async (yaml) => {
    if (busy) return undefined;
    busy = true;
    try {
      return await checked(yaml);
    } finally {
      busy = false;
    }
  };
}

function checked(yaml: string): Promise<readonly SiteFinding[]> {
  const worker = new Worker(new URL('./siteThread.js', import.meta.url), {
    workerData: { text: yaml },
    resourceLimits: { maxOldGenerationSizeMb: 64 },
  });
  const unreadable = { key: '', problem: 'cannot be checked', remedy: 'make it shorter and simpler' };
  return new Promise((resolve) => {
    const end = (findings: readonly SiteFinding[]): void => {
      clearTimeout(timer);
      void worker.terminate();
      resolve(findings);
    };
    const timer = setTimeout(() => end([unreadable]), longestMs);
    worker.once('message', (result: SiteResult) => end(result.ok ? [] : result.errors.map(findingOf)));
    worker.once('error', () => end([unreadable]));
  });
}

function findingOf({
  place,
  key,
  problem,
  remedy,
}: Extract<SiteResult, { ok: false }>['errors'][number]): SiteFinding {
  return { ...(place === undefined ? {} : { line: place.line, column: place.column }), key, problem, remedy };
}
