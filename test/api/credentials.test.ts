import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { type ApiReply, call } from './apiClient.js';
import { type Edge, openEdge } from './fakes.js';

describe('credentials', () => {
  let edge: Edge;
  let token: string;
  beforeEach(async () => {
    edge = await openEdge();
    token = edge.token('operator');
    for (const id of ['ann', 'bob']) await send('POST', '/users', { id, name: id });
  });
  afterEach(() => edge.end());

  const send = (method: string, path: string, body?: unknown, ifMatch?: string, by = token) =>
    call(edge, method, `/api/v1${path}`, {
      token: by,
      headers: ifMatch === undefined ? {} : { 'If-Match': ifMatch },
      ...(body === undefined ? {} : { body }),
    });
  const fieldsOf = (reply: ApiReply) =>
    ((reply.body['errors'] ?? []) as { field: string }[]).map(({ field }) => field);
  const give = (more: object, user = 'ann') => send('POST', '/credentials', { user, ...more });

  it('one card in every notation is one card', async () => {
    // 25/4822: payload 0x1912D6.
    const forms: readonly (readonly [object, string])[] = [
      [{ format: 'H10301', facility: 25, number: '4822' }, 'number'],
      [{ hex: '1912d6' }, 'hex'],
      [{ notation: '8HN', value: '001912D6' }, 'value'],
      [{ notation: '8HR', value: 'D6121900' }, 'value'],
      [{ notation: '8H10D', value: '0001643222' }, 'value'],
      [{ notation: '6H3D5D', value: '025 04822' }, 'value'],
    ];
    for (const [form] of forms) {
      const made = await give({ id: 'c', kind: 'card', ...form });
      assert.equal(made.status, 201, JSON.stringify([form, made.body]));
      assert.equal(edge.reads.get('credentials', 'c')?.body.secret, '1912D6');
      for (const [other, field] of forms.slice(1)) {
        const twin = await give({ kind: 'card', ...other }, 'bob');
        if ('hex' in form || 'notation' in form) {
          assert.deepEqual([twin.status, fieldsOf(twin)], [409, [field]], JSON.stringify(other));
        }
        if (twin.status === 201) await send('DELETE', `/credentials/${twin.body['id']}`, undefined, '"1"');
      }
      assert.equal((await send('DELETE', '/credentials/c', undefined, '"1"')).status, 204);
    }
    for (const [notation, value] of [
      ['8H10D', '9999999999'],
      ['6H3D5D', '99999999'],
      ['8HR', 'xyz'],
    ]) {
      const bad = await give({ kind: 'card', notation, value });
      assert.deepEqual([bad.status, fieldsOf(bad)], [400, ['value']], `${notation} ${value}`);
    }
  });

  it('a form that fits none names the field of the nearest', async () => {
    const cases: readonly (readonly [object, string])[] = [
      [{ kind: 'pin', pin: '12' }, 'pin'],
      [{ kind: 'code', code: '' }, 'code'],
      [{ kind: 'card', hex: 'g' }, 'hex'],
      [{ kind: 'card', format: 'H10301', number: 'x' }, 'number'],
      [{ kind: 'card', notation: '9H', value: '1' }, 'notation'],
      [{ kind: 'pin', pin: '123456', usesLeft: 0 }, 'usesLeft'],
    ];
    for (const [body, field] of cases) {
      const reply = await give(body);
      assert.deepEqual([reply.status, fieldsOf(reply)], [400, [field]], JSON.stringify(body));
    }
  });

  it('of PINs that serve alone, one of 1,000 possible codes is given out, and no more', async () => {
    for (let n = 0; n < 10; n += 1) {
      assert.equal((await give({ kind: 'pin', pin: String(1_000 + n) })).status, 201);
    }
    const eleventh = await give({ kind: 'pin', pin: '2222' });
    assert.deepEqual([eleventh.status, fieldsOf(eleventh)], [409, ['pin']]);
    assert.match(String(eleventh.body['detail']), /10 PINs of 4 digits.*take 5 digits/);
    assert.equal((await give({ kind: 'pin', pin: '22222' })).status, 201);
    const withCard = await give({ kind: 'pin', pin: '2222', withCard: true });
    assert.deepEqual([withCard.status, withCard.body['withCard']], [201, true]);
    assert.equal((await give({ kind: 'pin', pin: '2222', withCard: true }, 'bob')).status, 201);
    const { body } = await send('GET', '/credentials');
    // Without the ids, whose random digits may be anything.
    const listed = (body['items'] as object[]).map((item) => JSON.stringify({ ...item, id: '' })).join();
    assert.doesNotMatch(listed, /2222|"bits"/);
  });

  it('a PIN with a card is keyed to its user and found for nobody else', async () => {
    await give({ id: 'p', kind: 'pin', pin: '2222', withCard: true, duress: true });
    const pepper = String(edge.reads.setting('pin-pepper'));
    const key = (text: string) => createHmac('sha256', pepper).update(text).digest('hex');
    assert.deepEqual(edge.reads.findPin('ann', [key('ann\n2222')]), {
      enabled: true,
      credential: { id: 'p', duress: true },
    });
    assert.equal(edge.reads.findPin('bob', [key('ann\n2222'), key('bob\n2222')]), undefined);
    const alone = { by: 'secret', candidates: [{ kind: 'pin', secret: key('2222') }] } as const;
    assert.equal(edge.reads.findUser(alone), undefined);
  });

  it('uses and duress are set, changed and taken away under the revision', async () => {
    const made = await give({ id: 'c', kind: 'code', code: 'visitor', usesLeft: 1, duress: true });
    assert.deepEqual([made.body['usesLeft'], made.body['duress']], [1, true]);
    const code = { by: 'secret', candidates: [{ kind: 'code', secret: 'visitor' }] } as const;
    assert.deepEqual(edge.reads.findUser(code)?.credential, { id: 'c', usesLeft: 1, duress: true });
    const more = await send('PATCH', '/credentials/c', { usesLeft: 5, status: 'lost' }, '"1"');
    assert.deepEqual([more.body['usesLeft'], more.body['status'], more.body['duress']], [5, 'lost', true]);
    assert.deepEqual(edge.reads.findUser(code)?.credential?.missing, 'lost');
    const free = await send('PATCH', '/credentials/c', { usesLeft: null, duress: false }, '"2"');
    assert.ok(!('usesLeft' in free.body) && free.body['duress'] === false);
    assert.deepEqual(edge.reads.findUser(code)?.credential, { id: 'c', missing: 'lost' });
    const viewer = edge.token('viewer');
    const seen = await send('GET', '/credentials/c', undefined, undefined, viewer);
    assert.ok(!('duress' in seen.body), 'who only looks is not told');
  });

  it('a use moves with the commit of the grant, never below nothing, and moves the revision', async () => {
    await give({ id: 'c', kind: 'code', code: 'visitor', usesLeft: 1 });
    const left = () => edge.reads.get('credentials', 'c');
    edge.log({ kind: 'access-granted' }, [{ credential: 'c', by: -1 }]);
    assert.deepEqual([left()?.body.usesLeft, left()?.revision], [0, 2]);
    edge.log({ kind: 'access-granted' }, [{ credential: 'c', by: -1 }]);
    edge.log({ kind: 'grant-withdrawn' }, [{ credential: 'c', by: 1 }]);
    assert.equal(left()?.body.usesLeft, 1);
    assert.equal((await send('PATCH', '/credentials/c', { usesLeft: 9 }, '"1"')).status, 412);
  });

  it('who has this card: as printed, in every way it may be meant', async () => {
    await give({ id: 'c', kind: 'card', format: 'H10301', facility: 25, number: '4822' });
    await give({ id: 'q', kind: 'code', code: 'B-XY 123' }, 'bob');
    const who = async (text: string) => {
      const { body } = await send('POST', '/card-lookup', { text });
      return (body['matches'] as { as: string; user: { id: string } }[]).map(
        (one) => `${one.as} ${one.user.id}`,
      );
    };
    assert.deepEqual(await who('25/4822'), ['H10301 ann']);
    assert.deepEqual(await who(' 25 : 4822 '), ['H10301 ann']);
    assert.deepEqual(await who('1912D6'), ['8HN ann']);
    assert.deepEqual(await who('d6:12:19:00'), ['8HR ann']);
    assert.deepEqual(await who('0001643222'), ['8H10D ann']);
    assert.deepEqual(await who('02504822'), ['6H3D5D ann']);
    assert.deepEqual(await who('4822'), ['number ann']);
    assert.deepEqual(await who('B-XY 123'), ['code bob']);
    assert.deepEqual(await who('9999'), []);
    assert.equal((await send('POST', '/card-lookup', { text: '' })).status, 400);
  });

  it('an unknown card is enrolled by its handle, for a user there is or a new one', async () => {
    const card = {
      kind: 'card',
      secret: '1912D6',
      bits: 24,
      format: 'H10301',
      facility: 25,
      number: '4822',
    } as const;
    edge.unknowns.set('h1', card);
    const made = await send('POST', '/enrolments', { handle: 'h1', newUser: { name: 'Cy' } });
    assert.deepEqual([made.status, made.body['label'], made.body['format']], [201, '••••', 'H10301']);
    const facts = edge.reads.findUser({
      by: 'secret',
      candidates: [{ kind: 'card', secret: '1912D6', bits: 24 }],
    });
    assert.equal(facts?.name, 'Cy');
    const again = await send('POST', '/enrolments', { handle: 'h1', user: 'ann' });
    assert.deepEqual([again.status, fieldsOf(again)], [409, ['handle']]);
    const gone = await send('POST', '/enrolments', { handle: 'h2', user: 'ann' });
    assert.deepEqual([gone.status, fieldsOf(gone)], [404, ['handle']]);
    edge.unknowns.set('h3', { ...card, secret: 'AA' });
    const nobody = await send('POST', '/enrolments', { handle: 'h3', user: 'nobody' });
    assert.deepEqual([nobody.status, fieldsOf(nobody)], [409, ['user']]);
    assert.doesNotMatch(
      JSON.stringify([edge.reads.events({ order: 'asc', limit: 100 }), edge.logLines]),
      /1912D6|"4822"/,
    );
  });
});
