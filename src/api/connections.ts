/**
 * Connections bounded so that nobody is kept out by those who only hold theirs: past the limit the one that has
 * waited longest without a whole request goes, then the one that has been idle longest. Whoever asks something
 * and goes on is never the oldest of these.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

type Kind = 'fresh' | 'reading' | 'idle' | 'busy';

/** The order in which they go; `busy` are being answered and stay. */
const order: readonly Kind[] = ['fresh', 'reading', 'idle'];

/** Holds `server` to this many connections; returns how many there are. */
export function boundConnections(server: Server, connectionsMax: number): () => number {
  const sockets: Readonly<Record<Kind, Set<Socket>>> = {
    fresh: new Set(),
    reading: new Set(),
    idle: new Set(),
    busy: new Set(),
  };
  const kinds = new Map<Socket, Kind>();
  const become = (socket: Socket, kind: Kind): void => {
    const before = kinds.get(socket);
    if (before === undefined) return;
    sockets[before].delete(socket);
    sockets[kind].add(socket);
    kinds.set(socket, kind);
  };
  const evict = (): void => {
    for (const kind of order) {
      for (const oldest of sockets[kind]) {
        oldest.destroy();
        return;
      }
    }
  };
  const event = 'setSecureContext' in server ? 'secureConnection' : 'connection';
  server.on(event, (socket: Socket) => {
    kinds.set(socket, 'fresh');
    sockets.fresh.add(socket);
    socket.once('close', () => {
      const kind = kinds.get(socket);
      if (kind !== undefined) sockets[kind].delete(socket);
      kinds.delete(socket);
    });
    if (kinds.size > connectionsMax) evict();
  });
  server.on('request', (request, response) => {
    const { socket } = request;
    const hasBody = request.headers['content-length'] !== undefined || 'transfer-encoding' in request.headers;
    become(socket, hasBody ? 'reading' : 'busy');
    request.once('end', () => become(socket, 'busy'));
    response.once('close', () => become(socket, 'idle'));
  });
  return () => kinds.size;
}
