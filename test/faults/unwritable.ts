/** A start on a disk that cannot be written: it says so and serves, without what a demo usually prepares. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../src/cli.js', import.meta.url));

export interface Unwritable {
  /** What it printed. */
  readonly said: string;
  fetch(path: string, init?: { readonly method: string; readonly body: string }): Promise<Response>;
  /** Fulfilled when it has printed an address again; `fetch` then goes there. Call it before that can happen. */
  servesAgain(): Promise<void>;
  kill(): Promise<void>;
}

/** `token` is one made by an earlier start; `around` is a command that runs the program, strace for instance. */
export async function startUnwritable(
  dataDir: string,
  token: string,
  around: readonly string[] = [],
): Promise<Unwritable> {
  const [program = process.execPath, ...args] = [...around, process.execPath, cli, 'demo'];
  const child = spawn(program, args, {
    env: { ...process.env, SALLYPORT_DATA: dataDir, SALLYPORT_HTTP_PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const said = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    child.once('exit', () => reject(new Error('it ended before it said anything')));
  });
  const urlIn = (text: string): string => /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? '';
  let url = urlIn(said);
  let bearer = token;
  return {
    said,
    fetch: (path, init = undefined) =>
      fetch(url + path, {
        ...init,
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      }),
    servesAgain: () =>
      new Promise<void>((resolve, reject) => {
        child.stdout.on('data', (chunk: Buffer) => {
          const welcome = chunk.toString();
          url = urlIn(welcome);
          bearer = /Bearer ([\w-]+)/.exec(welcome)?.[1] ?? bearer;
          if (url !== '') resolve();
        });
        child.once('exit', () => reject(new Error('it ended')));
      }),
    kill: async () => {
      if (child.pid === undefined || child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      process.kill(-child.pid, 'SIGKILL');
      await ended;
    },
  };
}
