import { deepEqual, match, rejects } from 'node:assert/strict';
import { dropDataDir, newDataDir, startProduct } from '../site/product.js';
import { logOf, soundLog } from './evidence.js';
import { claim, openDoor } from './neighbour.js';

describe('faults: two starts on one data folder', function () {
  this.timeout(20_000);
  let dataDir: string;

  beforeEach(() => {
    dataDir = newDataDir();
  });

  afterEach(() => dropDataDir(dataDir));

  it('the second is refused with a sentence and harms nothing; after kill -9 the folder is free', async () => {
    const first = await startProduct(dataDir);
    try {
      const before = logOf(dataDir);
      await rejects(startProduct(dataDir), (error: Error) => {
        match(error.message, /code 1 .*sallyport: another Sallyport runs on the data folder/s);
        match(error.message, /stop it, or name another folder/);
        return true;
      });
      deepEqual(logOf(dataDir), before, 'the refused start wrote something');
      const wish = { person: 'ann', door: 'lobby', mode: 'Entry', tag: 'first' } as const;
      deepEqual(await openDoor(first, wish), { retcode: 0 });
      await claim(first);
    } finally {
      await first.kill('SIGKILL');
    }
    const third = await startProduct(dataDir);
    try {
      const wish = { person: 'ann', door: 'lobby', mode: 'Entry', tag: 'third' } as const;
      deepEqual(await openDoor(third, wish), { retcode: -5, reason: 'passback' });
    } finally {
      await third.kill('SIGTERM');
    }
    await soundLog(dataDir);
  });
});
