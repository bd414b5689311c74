import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { type CallOptions, callOpenDoor } from '../../src/outbound/openDoorCall.js';
import { type Receiver, type Seen, startReceiver } from './receiver.js';

const options: CallOptions = {
  limits: { connectMs: 1_000, wholeMs: 2_000 },
  nowMs: () => 0,
  allowBasic: false,
  cnonce: () => 'c0ffee',
};
const digest = 'Digest realm="HTTPAPI", qop="auth", nonce="n1", algorithm=MD5';
const opened = '{"retcode":0,"action":"OpenDoor","message":"OK","data":{}}';

describe('openDoorCall: one call, its legs and what its answer means', () => {
  let receiver: Receiver | undefined;
  afterEach(() => receiver?.close());

  async function called(
    answer: (seen: Seen, response: ServerResponse, count: number) => void,
    more: Partial<CallOptions> = {},
    user = 'opener:s%40fe@',
  ) {
    receiver = await startReceiver(answer);
    const url = new URL(`http://${user}127.0.0.1:${receiver.port}/fcgi/OpenDoor?action=OpenDoor&Name=a%20b`);
    return callOpenDoor(url, { ...options, ...more });
  }
  const answering =
    (status: number, body: string, headers: Record<string, string> = {}) =>
    (_seen: Seen, response: ServerResponse): void => {
      response.writeHead(status, headers).end(body);
    };

  it('goes first without, then with Digest credentials, never with the password', async () => {
    const result = await called(({ headers }, response) => {
      if (headers.authorization === undefined) response.writeHead(401, { 'WWW-Authenticate': digest }).end();
      else response.end(opened);
    });
    assert.deepEqual(result, { outcome: 'opened' });
    const [bare, second] = receiver?.seen ?? [];
    assert.equal(bare?.headers.authorization, undefined);
    assert.match(
      second?.headers.authorization ?? '',
      /^Digest username="opener".*uri="\/fcgi\/OpenDoor\?action=/,
    );
    assert.doesNotMatch(JSON.stringify(receiver?.seen), /s@fe|s%40fe/);
  });

  it('a wrong password is not tried again', async () => {
    const result = await called(answering(401, '', { 'WWW-Authenticate': digest }));
    assert.deepEqual([result, receiver?.seen.length], [{ outcome: 'refused-login', reason: 'http-401' }, 2]);
  });

  it('Basic alone is answered only where allowed', async () => {
    const basicOnly = answering(401, '', { 'WWW-Authenticate': 'Basic realm="x"' });
    assert.equal((await called(basicOnly)).reason, 'no-common-scheme');
    assert.equal(receiver?.seen.length, 1);
    await receiver?.close();
    await called(basicOnly, { allowBasic: true });
    assert.match(receiver?.seen[1]?.headers.authorization ?? '', /^Basic /);
  });

  it('without credentials a 401 is the end', async () => {
    const result = await called(answering(401, '', { 'WWW-Authenticate': digest }), {}, '');
    assert.deepEqual(result, { outcome: 'refused-login', reason: 'no-credentials' });
  });

  for (const [body, result] of [
    [opened, { outcome: 'opened' }],
    [
      '{"retcode":-5,"message":"Access Denied","data":{"reason":"passback"}}',
      { outcome: 'denied-passback', reason: 'passback' },
    ],
    ['{"retcode":-5,"data":{"reason":"expired"}}', { outcome: 'denied', reason: 'expired' }],
    ['{"retcode":-4,"Not Safe"}', { outcome: 'denied', reason: 'retcode-4' }],
    ["<form><input id=hcSingleResult type=hidden value='0'></form>", { outcome: 'opened' }],
    [
      "<form><input id=hcSingleResult type=hidden value='-1'></form>",
      { outcome: 'denied', reason: 'retcode-1' },
    ],
    ['<html>Welcome</html>', { outcome: 'unknown', reason: 'no-retcode' }],
    ['{"retcode":-5,"data":{"reason":"<script>"}}', { outcome: 'denied', reason: 'retcode-5' }],
  ] as const) {
    it(`200 ${body} -> ${result.outcome}`, async () =>
      assert.deepEqual(await called(answering(200, body)), result));
  }

  it('a redirect is told, not followed', async () => {
    const result = await called(answering(302, '', { Location: 'http://127.0.0.1:1/' }));
    assert.deepEqual(result, { outcome: 'unreachable', reason: 'redirect-not-followed' });
    assert.equal(receiver?.seen.length, 1);
  });

  it('an answer that never comes or is cut off is unknown, and nothing is sent twice', async () => {
    const silent = await called(() => undefined, { limits: { connectMs: 500, wholeMs: 60 } });
    assert.deepEqual([silent, receiver?.seen.length], [{ outcome: 'unknown', reason: 'timeout' }, 1]);
    await receiver?.close();
    const cut = await called((_seen, response) => response.socket?.destroy());
    assert.deepEqual([cut, receiver?.seen.length], [{ outcome: 'unknown', reason: 'broken' }, 1]);
  });

  it('an endless answer is cut', async () => {
    const result = await called(answering(200, 'x'.repeat(100_000)));
    assert.deepEqual(result, { outcome: 'unknown', reason: 'too-long' });
  });

  it('nobody there is unreachable', async () => {
    receiver = await startReceiver(() => undefined);
    const { port } = receiver;
    await receiver.close();
    const result = await callOpenDoor(new URL(`http://127.0.0.1:${port}/fcgi/OpenDoor`), options);
    assert.deepEqual(result, { outcome: 'unreachable', reason: 'unreachable' });
  });
});
