import { deepEqual, equal } from 'node:assert/strict';
import { dropDataDir, eventually, newDataDir, type Product, startSite } from './site/product.js';

const site = `
name: Fair
board: mock
timeZone: Europe/Berlin
clock: assume-trusted
doors:
  lobby: { name: Lobby, number: 1, relay: { line: relay1 } }
  garage: { name: Garage, number: 2, relay: { line: relay2 } }
readers:
  lobby-in: { door: lobby, direction: entry, wiegand: { d0: w1.d0, d1: w1.d1, formats: [H10301] } }
`;

describe('a schedule between two dates, in the running product', () => {
  const dir = newDataDir();
  let product: Product;
  before(async () => {
    product = await startSite(dir, site);
  });
  after(async () => {
    await product.kill('SIGKILL');
    dropDataDir(dir);
  });

  it('opens between them and not when they are over; a door that it holds open is locked again', async () => {
    const send = async (method: string, path: string, body: object) => {
      const { status, body: said } = await product.api(method, `/api/v1/${path}`, body, product.token, '*');
      equal(status < 300, true, `${path}: ${JSON.stringify(said)}`);
    };
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const always = [{ fromMinute: 0, toMinute: 1_440 }];
    const over = { from: day(-9), until: day(-3) };
    await send('POST', 'schedules', { id: 'fair', name: 'Fair', week: Array(7).fill(always), dates: over });
    await send('POST', 'access-rights', { id: 'f', name: 'F', doors: [{ door: 'lobby', schedule: 'fair' }] });
    await send('POST', 'users', { id: 'guest', name: 'Guest', accessRights: ['f'] });
    const card = { format: 'H10301', facility: 77, number: '700' };
    await send('POST', 'credentials', { user: 'guest', kind: 'card', ...card });
    await send('PATCH', 'doors/garage', { holdOpenSchedule: 'fair' });

    const decisions = async () =>
      (await product.events())
        .filter(({ user }) => user === 'guest')
        .flatMap(({ kind, reason }) => (/^access-(granted|denied)$/.test(kind) ? [[kind, reason]] : []));
    const garage = async () => {
      const { body } = await product.api('GET', '/api/v1/doors/garage', undefined);
      return (body as { readonly state: { readonly lock: string } }).state.lock;
    };
    await send('POST', 'mock/readers/lobby-in/present', card);
    await eventually(decisions, (all) => all.length === 1);
    equal(await garage(), 'locked');

    await send('PATCH', 'schedules/fair', { dates: { from: day(-2), until: day(2) } });
    await eventually(garage, (lock) => lock === 'unlocked');
    await send('POST', 'mock/readers/lobby-in/present', card);
    await eventually(decisions, (all) => all.length === 2);

    await send('PATCH', 'schedules/fair', { dates: { from: day(3), until: day(9) } });
    await eventually(garage, (lock) => lock === 'locked');
    await send('POST', 'mock/readers/lobby-in/present', card);
    const all = await eventually(decisions, (now) => now.length === 3);
    deepEqual(all, [
      ['access-denied', 'outside-schedule'],
      ['access-granted', undefined],
      ['access-denied', 'outside-schedule'],
    ]);
  });
});
