import { equal, match } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { dropDataDir, eventually, newDataDir, startProduct } from '../site/product.js';
import { whyNoStrace } from './strace.js';

const cli = fileURLToPath(new URL('../../src/cli.js', import.meta.url));
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
    const claim = { code: before.claimCode, name: 'olga', password: 'a long enough password' };
    const { token } = (await before.api('POST', '/api/v1/claim', claim, 'none')).body as { token: string };
    await before.kill('SIGKILL');
    const inject = ['-e', 'trace=fsync,fdatasync', '-e', 'inject=fsync,fdatasync:error=EIO'];
    const child = spawn('strace', ['-f', '-o', '/dev/null', ...inject, process.execPath, cli, 'demo'], {
      env: { ...process.env, SALLYPORT_DATA: dataDir, SALLYPORT_HTTP_PORT: '0' },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    try {
      const said = await new Promise<string>((resolve, reject) => {
        child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
        child.once('exit', () => reject(new Error('it ended before it said anything')));
      });
      match(said, /The disk cannot be written \(SQLITE_IOERR/);
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? '';
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const rex = { method: 'POST', headers, body: JSON.stringify({ active: true }) };
      equal((await fetch(`${url}/api/v1/mock/doors/lobby/rex`, rex)).status, 204);
      const relay = async (): Promise<boolean> => {
        const lines = await (await fetch(`${url}/api/v1/mock/lines`, { headers })).json();
        return (lines as { items: { line: string; active: boolean }[] }).items.some(
          ({ line, active }) => line === 'relay1' && active,
        );
      };
      equal(await eventually(relay, (open) => open), true);
    } finally {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      dropDataDir(dataDir);
    }
  });
});
