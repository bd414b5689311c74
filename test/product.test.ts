import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import type { StoredEvent } from '../src/core/management.js';
import {
  dropDataDir,
  eventually,
  newDataDir,
  type Product,
  sallyport,
  shell,
  startProduct,
} from './site/product.js';

const annsNumber = 4822;

/** What stands in the log of one person, in order. */
function storyOf(events: readonly StoredEvent[], user: string): readonly string[] {
  return events
    .filter((event) => event.user === user && event.kind !== 'changed')
    .map(({ kind, reason }) => (reason === undefined ? kind : `${kind} ${reason}`));
}

function outcomes(product: Product, count: number): Promise<readonly StoredEvent[]> {
  const isOutcome = ({ kind }: StoredEvent): boolean => kind === 'access-granted' || kind === 'access-denied';
  return eventually(product.events, (events) => events.filter(isOutcome).length >= count);
}

async function relayHistory(product: Product, line: string) {
  const lines = await product.lines();
  return lines.find((one) => one.line === line)?.history ?? [];
}

describe('the product, run as a newcomer runs it', function () {
  this.timeout(60_000);
  let dataDir: string;
  let product: Product;

  beforeEach(async () => {
    dataDir = newDataDir();
    product = await startProduct(dataDir);
  });

  afterEach(async () => {
    await product.kill('SIGKILL');
    dropDataDir(dataDir);
  });

  it('turns a pulse train into a relay pulse and a durable row, and refuses the card passed back', async () => {
    await product.present('lobby-in', annsNumber);
    await outcomes(product, 1);
    const pulses = await eventually(
      () => relayHistory(product, 'relay1'),
      (history) => history.some(({ active }) => active),
    );
    equal(pulses.at(-1)?.active, true);
    const lamp = await relayHistory(product, 'w1.led');
    equal(lamp.at(-1)?.active, true, 'the reader shows granted');
    await product.present('lobby-in', annsNumber);
    deepEqual(storyOf(await outcomes(product, 2), 'ann'), [
      'access-granted',
      'passback-violation',
      'access-denied passback',
    ]);
  });

  it('tells one story from card to OpenDoor to clear, and the log proves it', async () => {
    await product.present('lobby-in', annsNumber);
    await outcomes(product, 1);
    const denied = JSON.parse(await shell(product.curl));
    equal(denied.retcode, -5);
    equal(denied.data.reason, 'passback');

    const claim = { code: product.claimCode, name: 'olga', password: 'a long enough password' };
    const claimed = await product.api('POST', '/api/v1/claim', claim, 'none');
    equal(claimed.status, 201, JSON.stringify(claimed.body));
    const { token } = claimed.body as { token: string };
    const cleared = await product.api('POST', '/api/v1/zones/1/clear', { users: ['ann'] }, token);
    deepEqual(cleared, { status: 200, body: { forgotten: 1 } });

    equal(JSON.parse(await shell(product.curl)).retcode, 0);
    deepEqual(storyOf(await product.events(), 'ann'), [
      'access-granted',
      'passback-violation',
      'access-denied passback',
      'access-granted',
    ]);
    await product.kill('SIGTERM');
    const verified = await sallyport('verify-log', '--data', dataDir);
    equal(verified.code, 0, verified.text);
    const replayed = await sallyport('replay', '--data', dataDir);
    equal(replayed.code, 0, replayed.text);
    match(replayed.text, /records: 1/);
  });

  it('prints an OpenDoor line that works as printed, and again says passback', async () => {
    equal(JSON.parse(await shell(product.curl)).retcode, 0);
    const again = JSON.parse(await shell(product.curl));
    deepEqual([again.retcode, again.data.reason], [-5, 'passback']);
  });

  it('keeps records over kill -9 and prints a line that works after a restart too', async () => {
    equal(JSON.parse(await shell(product.curl)).retcode, 0);
    await product.kill('SIGKILL');
    product = await startProduct(dataDir);
    match(product.curl, /AntiPassbackMode=Exit/);
    await product.present('lobby-in', annsNumber);
    const events = await outcomes(product, 2);
    deepEqual(storyOf(events, 'ann').slice(-1), ['access-denied passback']);
    equal(JSON.parse(await shell(product.curl)).retcode, 0);
  });

  it('counts a passage at a door with a contact when the leaf opens', async () => {
    await product.present('garage-in', annsNumber);
    await eventually(product.events, (events) => events.some(({ kind }) => kind === 'unlocked'));
    await product.api('POST', '/api/v1/mock/doors/garage/contact', { open: true });
    const taken = (events: readonly StoredEvent[]): boolean =>
      events.some(({ kind }) => kind === 'access-taken');
    await eventually(product.events, taken);
    await product.present('garage-in', annsNumber);
    const events = await outcomes(product, 2);
    deepEqual(storyOf(events, 'ann'), [
      'access-granted',
      'access-taken',
      'passback-violation',
      'access-denied passback',
    ]);
  });

  it('opens for a request to exit and numbers its rows without a gap', async () => {
    await product.api('POST', '/api/v1/mock/doors/lobby/rex', { active: true });
    const events = await eventually(product.events, (rows) => rows.some(({ kind }) => kind === 'unlocked'));
    ok(events.some(({ kind }) => kind === 'rex'));
    deepEqual(
      events.map(({ seq }) => seq),
      events.map((_, index) => index + 1),
    );
  });

  it('ships no account: the code works once, and another start makes another', async () => {
    const claim = { code: product.claimCode, name: 'olga', password: 'a long enough password' };
    equal((await product.api('POST', '/api/v1/claim', claim, 'none')).status, 201);
    notEqual((await product.api('POST', '/api/v1/claim', { ...claim, name: 'eve' }, 'none')).status, 201);
    const demo = await product.api('POST', '/api/v1/doors/lobby/release');
    equal(demo.status, 403);
  });
});
