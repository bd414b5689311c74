import { deepEqual, equal } from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { getPriority } from 'node:os';
import {
  administrator,
  dropDataDir,
  eventually,
  newDataDir,
  type Product,
  startProduct,
} from './site/product.js';

/** How many of a process's threads have each niceness: field 19 of their `stat`, the third being the first after the name. */
function niceness(pid: number): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    const nice = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16] ?? '';
    counts[nice] = (counts[nice] ?? 0) + 1;
  }
  return counts;
}

describe('the threads that can wait', () => {
  const dir = newDataDir();
  let product: Product;
  before(async () => {
    product = await startProduct(dir);
  });
  after(async () => {
    await product.kill('SIGKILL');
    dropDataDir(dir);
  });

  it('give way to the doors: web, outbound and jobs, and no other thread', function () {
    const own = getPriority();
    // Run as something that gives way itself: nothing to tell apart.
    if (own >= 5) return this.skip();
    const { '5': givenWay = 0, [own]: others = 0, ...rest } = niceness(product.pid);
    deepEqual([givenWay >= 1, others > 2, rest], [true, true, {}]);
  });

  it('come when they are wanted: who calls others runs once there is a hook', async () => {
    const open = async () => openFiles(product.pid).some((file) => file.endsWith('/outbox.db'));
    equal(await open(), false);
    const body = { code: product.claimCode, ...administrator };
    const { token } = (await product.api('POST', '/api/v1/claim', body, '')).body as { token: string };
    const hook = { id: 'feed', name: 'Feed', events: ['*'], url: 'http://127.0.0.1:9/' };
    equal((await product.api('POST', '/api/v1/hooks', hook, token)).status, 201);
    await eventually(open, (opened) => opened);
  });
});

function openFiles(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      // Closed since it was listed.
      return [];
    }
  });
}
