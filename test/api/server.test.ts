import assert from 'node:assert/strict';
import { type AddressInfo, connect } from 'node:net';
import express from 'express';
import { createExpressServer } from '../../src/api/server.js';

describe('the Express server', () => {
  it('makes requests and responses that have their prototype from birth, with all that Express adds', async () => {
    const app = express();
    const before: unknown[] = [];
    app.get('/hello', (request, response) => {
      assert.deepEqual(before, [Object.getPrototypeOf(request), Object.getPrototypeOf(response)]);
      assert.deepEqual(before, [app.request, app.response]);
      assert.ok(request.app === app && response.app === app);
      response.status(201).json({ type: request.get('Accept'), ip: request.ip });
    });
    const server = createExpressServer(app, (request, response) => {
      before.push(Object.getPrototypeOf(request), Object.getPrototypeOf(response));
      return false;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const reply = await fetch(`http://127.0.0.1:${port}/hello`, { headers: { Accept: 'a/b' } });
      assert.equal(reply.status, 201);
      assert.deepEqual(await reply.json(), { type: 'a/b', ip: '127.0.0.1' });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('leaves the prototypes of other Express apps alone', () => {
    const [one, other] = [express(), express()];
    createExpressServer(one, () => false);
    assert.notEqual(other.request, one.request);
    assert.ok(!Object.hasOwn(express.request, 'app'));
  });

  it('answers a body nobody wants before the connection ends, though the client says it will close', async () => {
    const app = express();
    app.put('/refused', (_request, response) => {
      response.status(413).end('too large');
    });
    const server = createExpressServer(app, () => false);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      for (const megabytes of [0, 1, 1, 1, 8, 8, 8]) {
        const answer = await bodyAnswered(port, Buffer.alloc(megabytes * 2 ** 20));
        assert.match(answer, /^HTTP\/1\.1 413 .*too large$/s, `${megabytes} MB`);
      }
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

/** Sends everything before it reads, as the simplest clients do. */
function bodyAnswered(port: number, body: Buffer): Promise<string> {
  const head = `PUT /refused HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`;
  return new Promise((resolve) => {
    let reply = '';
    const socket = connect(port, '127.0.0.1').on('error', (error) => resolve(`${error.message} ${reply}`));
    socket.pause();
    socket.on('data', (bytes) => {
      reply += bytes.toString();
    });
    socket.on('close', () => resolve(reply));
    socket.write(head);
    socket.write(body, () => socket.resume());
  });
}
