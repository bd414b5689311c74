import { deepEqual, equal, ok } from 'node:assert/strict';
import { dropDataDir, eventually, newDataDir, type Product, startProduct } from '../site/product.js';
import { logOf, soundLog } from './evidence.js';
import { faketimeLibrary, openWallClock, type WallClock } from './faketime.js';
import { change, claim, edgesOf, openDoor, withEnvironment } from './neighbour.js';

const library = faketimeLibrary();
const passback = { retcode: -5, reason: 'passback' };
const pulseMs = 5_000;
/** What a target may be late (reliability, section 10). */
const lateMs = 250;
const yearMs = 365 * 86_400_000;

/** Steps of the wall clock that the log tells of, in years. */
function stepsOf(dataDir: string): readonly number[] {
  return logOf(dataDir)
    .filter(({ kind }) => kind === 'clock-step')
    .map(({ detail }) => JSON.parse(detail ?? '{}') as { fromWallMs: number; toWallMs: number })
    .map(({ fromWallMs, toWallMs }) => Math.round((toWallMs - fromWallMs) / yearMs))
    .filter((years) => years !== 0);
}

/** How long the lock of the door's last pulse was open, by the board's monotonic stamps. */
async function pulseOf(product: Product, line: string): Promise<number> {
  const edges = await edgesOf(product, line);
  const [opened, closed] = edges.slice(-2);
  ok(opened?.active === true && closed?.active === false, JSON.stringify(edges));
  return (closed.atUs - opened.atUs) / 1_000;
}

/** In the log, since no token is valid in another half of the century. */
function locked(dataDir: string, door: string): Promise<unknown> {
  return eventually(
    async () => logOf(dataDir).some((row) => row.kind === 'locked' && row.door === door),
    (is) => is,
  );
}

describe('faults: the wall clock jumps by 50 years', function () {
  this.timeout(60_000);
  const title = 'either way within a pulse: it keeps its length, no record expires, the log tells';
  if (library === undefined) {
    it.skip(`${title} (not here: libfaketime is not installed, and FAKETIME_LIB names none)`);
    return;
  }
  let dataDir: string;
  let clock: WallClock;
  let product: Product;

  beforeEach(async () => {
    dataDir = newDataDir();
    clock = openWallClock(library);
    product = await withEnvironment(clock.environment, () => startProduct(dataDir));
  });

  afterEach(async () => {
    await product.kill('SIGKILL');
    clock.close();
    dropDataDir(dataDir);
  });

  it(title, async () => {
    const token = await claim(product);
    await change(product, token, '/api/v1/zones/1', { resetSeconds: 3_600 });
    await change(product, token, '/api/v1/doors/garage', { passageCounts: 'at-grant' });
    const ann = { person: 'ann', door: 'lobby', mode: 'Entry' } as const;
    const bob = { person: 'bob', door: 'garage', mode: 'Entry' } as const;

    deepEqual(await openDoor(product, { ...ann, tag: 'now' }), { retcode: 0 });
    clock.jump(50);
    deepEqual(await openDoor(product, { ...ann, tag: 'future' }), passback);
    clock.jump(-50);
    deepEqual(await openDoor(product, { ...ann, tag: 'past' }), passback);
    deepEqual(await openDoor(product, { ...bob, tag: 'bob in the past' }), { retcode: 0 });
    await locked(dataDir, 'lobby');
    clock.jump(50);
    deepEqual(await openDoor(product, { ...bob, tag: 'bob in the future' }), passback);
    clock.jump(0);
    deepEqual(await openDoor(product, { ...ann, tag: 'back' }), passback);
    await locked(dataDir, 'garage');

    for (const line of ['relay1', 'relay2']) {
      const tookMs = await pulseOf(product, line);
      ok(Math.abs(tookMs - pulseMs) <= lateMs, `${line} was active for ${tookMs} ms`);
    }
    deepEqual(stepsOf(dataDir), [50, -100, 100, -50]);
    await product.kill('SIGTERM');
    const tags = (await soundLog(dataDir)).flatMap(({ tag }) => (tag === null ? [] : [tag]));
    equal(tags.join(), 'now,future,past,bob in the past,bob in the future,back');
  });
});
