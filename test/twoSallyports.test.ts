import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredEvent } from '../src/core/management.js';
import {
  dropDataDir,
  eventually,
  newDataDir,
  type Product,
  startProduct,
  startSite,
} from './site/product.js';

/** The sender, as an A01: two readers at a gate whose door another controller opens. */
const senderSite = `
name: Gate
board: mock
timeZone: Europe/Berlin
doors:
  gate:
    name: Gate
    number: 1
    relay: { line: relay1 }
readers:
  gate-in:
    door: gate
    direction: entry
    wiegand: { d0: w1.d0, d1: w1.d1, formats: [H10301], led: { line: w1.led }, beep: { line: w1.beep } }
    forward: {}
  gate-out:
    door: gate
    direction: exit
    wiegand: { d0: w2.d0, d1: w2.d1, formats: [H10301] }
    forward: {}
`;

/** The same person on both sides; what she may open there is the receiver's affair. */
async function enrol(sender: Product, urls: readonly string[]): Promise<void> {
  const all = { id: 'all', name: 'All', doors: [{ door: 'gate', schedule: 'always' }] };
  const ann = { id: 'ann', name: 'Ann & Söhne', accessRights: ['all'], urls };
  const card = { user: 'ann', kind: 'card', format: 'H10301', facility: 25, number: '4822' };
  for (const [path, body] of [
    ['access-rights', all],
    ['users', ann],
    ['credentials', card],
  ] as const) {
    const { status, body: answer } = await sender.api('POST', `/api/v1/${path}`, body);
    equal(status, 201, JSON.stringify(answer));
  }
}

async function answers(sender: Product, count: number): Promise<readonly StoredEvent[]> {
  const events = await eventually(
    sender.events,
    (all) => all.filter(({ kind }) => kind === 'forward-answered').length >= count,
  );
  return events.filter(({ kind }) => kind === 'forward-answered');
}

describe('two Sallyports: one sends as an A01, one opens as an A095', function () {
  this.timeout(60_000);
  let receiver: Product;
  let sender: Product;

  beforeEach(async () => {
    [receiver, sender] = await Promise.all([startProduct(newDataDir()), startSite(newDataDir(), senderSite)]);
  });

  afterEach(async () => {
    for (const product of [receiver, sender]) {
      await product.kill('SIGKILL');
      dropDataDir(product.dataDir);
    }
  });

  const urlOf = (password: string): string =>
    `http://demo:${password}@${new URL(receiver.url).host}/fcgi/OpenDoor?action=OpenDoor&DoorNum=1` +
    '&AntiPassbackMode=$antipassbackmode&Name=$name&UnlockType=$unlocktype&Code=$code';

  it('the door opens there, passback is refused there, and the reader here shows it', async () => {
    const password = /demo:([\w-]+)/.exec(receiver.curl)?.[1] ?? '';
    await enrol(sender, [urlOf(password)]);
    await sender.present('gate-in', 4822);
    equal((await answers(sender, 1))[0]?.detail?.['outcome'], 'opened');
    await sender.present('gate-in', 4822);
    equal((await answers(sender, 2))[1]?.detail?.['outcome'], 'denied-passback');
    await sender.present('gate-out', 4822);
    equal((await answers(sender, 3))[2]?.detail?.['outcome'], 'opened');

    const there = (await receiver.events()).filter(({ user, kind }) => user === 'ann' && kind !== 'changed');
    deepEqual(
      there.map(({ kind, reader, reason }) => [kind, reader, reason].filter(Boolean).join(' ')),
      [
        'access-granted lobby-in',
        'passback-violation lobby-in',
        'access-denied lobby-in passback',
        'access-granted lobby-out',
      ],
    );
    deepEqual(there[0]?.detail, { claimedName: 'Ann & Söhne', unlockType: 'Card' });
    const opened = (await receiver.lines()).find(({ line }) => line === 'relay1')?.history ?? [];
    ok(opened.some(({ active }) => active));

    const lines = await sender.lines();
    const lamp = lines.find(({ line }) => line === 'w1.led')?.history ?? [];
    ok(
      lamp.some(({ active }) => active),
      'the reader shows granted',
    );
    const relay = lines.find(({ line }) => line === 'relay1')?.history ?? [];
    ok(!relay.some(({ active }) => active), 'no door opens here');
  });

  it('a receiver that is away is told at the reader at once; nothing opens later', async () => {
    await enrol(sender, [urlOf('whatever').replace(/@[^/]+/, '@127.0.0.1:9')]);
    await sender.present('gate-in', 4822);
    const [answer] = await answers(sender, 1);
    deepEqual(answer?.detail, { outcome: 'unreachable', targets: 1, opened: 0, cause: 'unreachable' });
  });

  it('the password in the URL is shown to nobody and logged nowhere', async () => {
    await enrol(sender, [urlOf('s3cret-s3cret')]);
    await sender.present('gate-in', 4822);
    const [answer] = await answers(sender, 1);
    equal(answer?.detail?.['outcome'], 'refused-login');
    const { body } = await sender.api('GET', '/api/v1/users/ann');
    match(JSON.stringify(body), /demo:\*+@/);
    const told = JSON.stringify([body, await sender.events()]) + sender.printed;
    ok(!told.includes('s3cret-s3cret'));
    ok(!readFileSync(join(sender.dataDir, 'site.yaml'), 'utf8').includes('s3cret'));
  });
});
