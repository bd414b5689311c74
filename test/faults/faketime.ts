/** The wall clock of a running product, moved by libfaketime; its monotonic clock stays the true one. */
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** Both clocks of a running product, wall and monotonic, moved forward together: time passes without waiting for it. */
export function openProductClock(library: string): ProductClock {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-clock-'));
  const file = join(folder, 'offset');
  let aheadS = 0;
  const pass = (seconds: number): void => {
    aheadS += seconds;
    // Whole at every moment: the product reads it at each look at a clock.
    writeFileSync(`${file}.new`, `+${aheadS}s\n`);
    renameSync(`${file}.new`, file);
  };
  pass(0);
  return {
    environment: { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1' },
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
