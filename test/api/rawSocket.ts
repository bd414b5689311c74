import { connect } from 'node:net';

/** Sends bytes as they are (Latin-1) and gives everything that came back until the end. */
export function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let reply = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    socket.setTimeout(2_000, () => socket.destroy());
    socket.on('data', (bytes) => {
      reply += bytes.toString('latin1');
      if (/^HTTP\/1.1 403 /.test(reply)) socket.destroy();
    });
    socket.on('error', (error) => (reply === '' ? reject(error) : resolve(reply)));
    socket.on('close', () => resolve(reply));
  });
}
