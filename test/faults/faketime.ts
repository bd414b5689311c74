/** The clocks of a running product: the wall clock alone moved by libfaketime, or both forward by a few lines of ours. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Product } from '../site/product.js';

/** Where Debian's package puts the library, by architecture; `FAKETIME_LIB` names another place. */
export function faketimeLibrary(): string | undefined {
  const named = process.env['FAKETIME_LIB'];
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib') : [];
  const usual = folders.map((folder) => join('/usr/lib', folder, 'faketime', 'libfaketime.so.1'));
  return [...(named === undefined ? [] : [named]), ...usual].find((path) => existsSync(path));
}

export interface WallClock {
  /** For the environment of the program whose clock it is. */
  readonly environment: Readonly<Record<string, string>>;
  /** So far from the true time, from now on. */
  jump(years: number): void;
  close(): void;
}

export function openWallClock(library: string): WallClock {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-clock-'));
  const file = join(folder, 'offset');
  const jump = (years: number): void => writeFileSync(file, `${years < 0 ? '-' : '+'}${Math.abs(years)}y\n`);
  jump(0);
  return {
    environment: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    jump,
    close: () => rmSync(folder, { recursive: true }),
  };
}

export interface ProductClock {
  /** For the environment of the program whose clock it is. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Both its clocks go on from so much later, and every timer that is due by then has run. A loop looks at its clock
   * when something comes; it comes some times, since what a timer did may have set another. Connections that were
   * idle are closed by then.
   */
  advance(seconds: number, product: Pick<Product, 'url' | 'token'>): Promise<void>;
  /** The same of one that is not running. */
  pass(seconds: number): void;
  close(): void;
}

/**
 * Both clocks of a running product, wall and monotonic, moved forward together: time passes without waiting for it.
 * libfaketime reads its file in each thread without a lock, and one that looks at the clock meanwhile may sleep for
 * minutes or see a pulse end at once; so this is done by a few lines of our own (`movedClock.c`), compiled here.
 */
export function openProductClock(): ProductClock {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-clock-'));
  const file = join(folder, 'ahead');
  const aheadNs = new BigInt64Array(1);
  const pass = (seconds: number): void => {
    aheadNs[0] = (aheadNs[0] ?? 0n) + BigInt(seconds) * 1_000_000_000n;
    // In place: the product has the file mapped.
    const open = openSync(file, 'r+');
    writeSync(open, aheadNs, 0, 8, 0);
    closeSync(open);
  };
  writeFileSync(file, aheadNs);
  return {
    environment: { LD_PRELOAD: compiledClock(folder), CLOCK_AHEAD_FILE: file },
    pass,
    advance: async (seconds, { url, token }) => {
      pass(seconds);
      for (let answered = 0; answered < 3; ) {
        const headers = { authorization: `Bearer ${token}`, connection: 'close' };
        const response = await fetch(`${url}/api/v1/status`, { headers }).catch(() => undefined);
        if (response !== undefined) await response.text();
        if (response?.ok === true) answered += 1;
        await new Promise(setImmediate);
      }
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}

const source = fileURLToPath(new URL('../../../test/faults/movedClock.c', import.meta.url));

/** Why no clock can be moved on this machine; undefined = one can. */
export function whyNoMovedClock(): string | undefined {
  if (process.platform !== 'linux') return 'it takes Linux';
  return spawnSync('cc', ['--version']).status === 0 ? undefined : 'cc is not installed';
}

function compiledClock(folder: string): string {
  const library = join(folder, 'movedClock.so');
  execFileSync('cc', ['-O2', '-shared', '-fPIC', '-o', library, source, '-ldl']);
  return library;
}
