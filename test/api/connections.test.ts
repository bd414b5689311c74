import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type Edge, openEdge } from './fakes.js';

describe('connections', () => {
  let edge: Edge;
  const sockets: Socket[] = [];
  beforeEach(async () => {
    edge = await openEdge({ http: { connectionsMax: 32, failuresPerMinute: 10_000 } });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await edge.end();
  });

  const hold = (bytes: string) =>
    new Promise<Socket>((resolve) => {
      const socket = connect(edge.port, '127.0.0.1', () => {
        socket.write(bytes);
        resolve(socket);
      });
      socket.on('error', () => undefined);
      sockets.push(socket);
    });
  const ended = () => sockets.filter((socket) => socket.destroyed || socket.readableEnded).length;
  const honest = async () => {
    const reply = await fetch(`${edge.url}/health`, { headers: { Connection: 'close' } });
    await reply.text();
    return reply.status;
  };

  it('hundreds that only hold theirs keep nobody out: the oldest of them go', async () => {
    for (let n = 0; n < 300; n += 1) {
      await hold(n % 2 === 0 ? 'GET /health HT' : '');
      if (n % 10 === 0) assert.equal(await honest(), 200, `after ${n}`);
    }
    assert.equal(await honest(), 200);
    assert.ok(ended() >= 200, String(ended()));
  });

  it('nor do those that send their body drop by drop', async () => {
    const head =
      'POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{';
    for (let n = 0; n < 100; n += 1) await hold(head);
    for (let n = 0; n < 20; n += 1) assert.equal(await honest(), 200);
  });

  it('a stream is being answered: it stays, and there are no more than half', async () => {
    const token = edge.token('viewer');
    const stream = `GET /api/v1/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    const first = await hold(stream);
    await new Promise((resolve) => first.once('data', resolve));
    for (let n = 0; n < 100; n += 1) await hold('G');
    assert.equal(await honest(), 200);
    assert.ok(!first.destroyed && !first.readableEnded);
  });
});
