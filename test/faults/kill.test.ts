import { deepEqual, equal, ok } from 'node:assert/strict';
import { dropDataDir, newDataDir, type Product, startProduct } from '../site/product.js';
import { directionsOf, type LoggedRow, soundLog } from './evidence.js';
import { type Answered, claim, openDoor, type Person, presentCard } from './neighbour.js';

/** `KILLS=100 npx mocha dist/test/faults/kill.test.js` for more. */
const kills = Number(process.env['KILLS'] ?? 10);
const people: readonly Person[] = ['ann', 'bob', 'sue'];
const readers = ['lobby-in', 'lobby-out', 'garage-in', 'garage-out'] as const;

interface Told extends Answered {
  readonly tag: string;
}

/** One device and one person: the next request follows the answer, until the product is gone. */
async function knock(product: Product, person: Person, life: number): Promise<readonly Told[]> {
  const told: Told[] = [];
  for (let n = 1; ; n += 1) {
    const tag = `${person}-${life}-${n}`;
    const mode = Math.random() < 0.5 ? 'Entry' : 'Exit';
    const door = Math.random() < 0.8 ? 'lobby' : 'garage';
    const answer = await openDoor(product, { person, door, mode, tag }).catch(() => undefined);
    if (answer === undefined) return told;
    told.push({ tag, ...answer });
  }
}

/** Cards at the readers meanwhile; nobody waits for their answers. */
async function swipe(product: Product): Promise<void> {
  for (let n = 0; ; n += 1) {
    const person = people[n % people.length] ?? 'ann';
    const reader = readers[(n * 3) % readers.length] ?? 'lobby-in';
    const alive = await presentCard(product, person, reader).then(
      () => true,
      () => false,
    );
    if (!alive) return;
  }
}

async function liveAndDie(product: Product, life: number): Promise<readonly (readonly Told[])[]> {
  const knocking = people.map((person) => knock(product, person, life));
  const swiping = swipe(product);
  await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 200));
  await product.kill('SIGKILL');
  await swiping;
  return Promise.all(knocking);
}

/** Each answer has its one row with the same outcome, in the order in which one device heard them. */
function compare(rows: readonly LoggedRow[], told: readonly Told[]): void {
  let after = 0;
  for (const { tag, retcode, reason } of told) {
    const found = rows.filter((row) => row.tag === tag);
    equal(found.length, 1, `${tag}: ${JSON.stringify(found)}`);
    const [row] = found;
    const expected = retcode === 0 ? 'access-granted' : `access-denied ${reason}`;
    equal(row?.reason == null ? row?.kind : `${row.kind} ${row.reason}`, expected, tag);
    ok((row?.seq ?? 0) > after, `${tag} stands before what was answered earlier`);
    after = row?.seq ?? 0;
  }
}

/** What the running product remembers is what its log says: in the table, in the count, and when it decides. */
async function remembers(product: Product, token: string, life: number, rows: readonly LoggedRow[]) {
  const directions = directionsOf(rows);
  const { body } = await product.api('GET', '/api/v1/zones/1/records', undefined, token);
  const { items } = body as { readonly items: readonly { user: string; direction: string }[] };
  deepEqual(new Map(items.map(({ user, direction }) => [user, direction])), directions);
  for (const [user, direction] of directions) {
    const mode = direction === 'entry' ? 'Entry' : 'Exit';
    const wish = { person: user as Person, door: 'lobby', mode, tag: `again-${life}-${user}` } as const;
    deepEqual(await openDoor(product, wish), { retcode: -5, reason: 'passback' }, `${user} ${mode}`);
  }
}

describe('faults: kill -9 of the product', function () {
  this.timeout(20_000 + kills * 5_000);
  let dataDir: string;

  beforeEach(() => {
    dataDir = newDataDir();
  });

  afterEach(() => dropDataDir(dataDir));

  it(`${kills} kills in the middle of traffic: every answer stands once and in order, records equal the log`, async () => {
    let token: string | undefined;
    let answers = 0;
    let rows: readonly LoggedRow[] = [];
    for (let life = 1; life <= kills; life += 1) {
      const product = await startProduct(dataDir);
      try {
        token ??= await claim(product);
        await remembers(product, token, life, rows);
        const told = await liveAndDie(product, life);
        rows = await soundLog(dataDir);
        for (const ofOne of told) compare(rows, ofOne);
        answers += told.flat().length;
      } finally {
        await product.kill('SIGKILL');
      }
    }
    ok(answers >= kills, `only ${answers} answers in ${kills} lives: nothing was tested`);
    ok(rows.some(({ kind }) => kind === 'access-granted'));
    process.stdout.write(`      ${kills} kills, ${answers} answers, ${rows.length} rows, 0 lost\n`);
  });
});
