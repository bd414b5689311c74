/** Bodies that are files, read piece by piece. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A body; whoever stops reading early can still answer, which the request's own iterator would not allow. */
export function pieces(request: IncomingMessage): AsyncIterable<Buffer> {
  return request.iterator({ destroyOnReturn: false });
}

/** SHA-256 of a file, hex. */
export async function fileSha256(file: AsyncIterable<Buffer> | readonly Buffer[]): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of file) hash.update(piece);
  return hash.digest('hex');
}
