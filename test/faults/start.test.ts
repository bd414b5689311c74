import { equal, match } from 'node:assert/strict';
import { dropDataDir, eventually, newDataDir, startProduct } from '../site/product.js';
import { whyNoStrace } from './strace.js';
import { startUnwritable } from './unwritable.js';

const missing = whyNoStrace();

describe('faults: a start on a disk that takes no writes', function () {
  this.timeout(60_000);
  const title = 'exits open all the same, and it says what is wrong';
  if (missing !== undefined) {
    it.skip(`${title} (not here: ${missing})`);
    return;
  }
  it(title, async () => {
    const dataDir = newDataDir();
    const before = await startProduct(dataDir);
    await before.kill('SIGKILL');
    const failing = ['-e', 'trace=fsync,fdatasync', '-e', 'inject=fsync,fdatasync:error=EIO'];
    const strace = ['strace', '-f', '-o', '/dev/null', ...failing];
    const product = await startUnwritable(dataDir, before.token, strace);
    try {
      match(product.said, /The disk cannot be written \(SQLITE_IOERR/);
      const press = { method: 'POST', body: JSON.stringify({ active: true }) };
      equal((await product.fetch('/api/v1/mock/doors/lobby/rex', press)).status, 204);
      const relay = async (): Promise<boolean> => {
        const { items } = (await (await product.fetch('/api/v1/mock/lines')).json()) as {
          items: { line: string; active: boolean }[];
        };
        return items.some(({ line, active }) => line === 'relay1' && active);
      };
      equal(await eventually(relay, (open) => open), true);
    } finally {
      await product.kill();
      dropDataDir(dataDir);
    }
  });
});
