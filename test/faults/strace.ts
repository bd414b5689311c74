/** System calls of a running process that fail when told to, by strace. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';

export interface Failing {
  /** Calls by name, all of one kind of signature. */
  readonly calls: string;
  readonly error: 'EIO' | 'ENOSPC';
  /** Only calls on these files. */
  readonly paths: readonly string[];
}

/** Why nothing can be injected on this machine; undefined = it can. */
export function whyNoStrace(): string | undefined {
  const script = 'sleep 5 & strace -o /dev/null -p $! & sleep 0.3; kill %2 && kill %1';
  if (spawnSync('strace', ['-V']).status !== 0) return 'strace is not installed';
  const { stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  return stderr.includes('attached') ? undefined : `strace may not attach: ${stderr.trim()}`;
}

/** From the promise's fulfilment on these calls fail, in every thread, until `end`. */
export async function failCalls(pid: number, { calls, error, paths }: Failing) {
  const files = paths.flatMap((path) => ['-P', path]);
  const rules = ['-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}`];
  const strace = spawn('strace', ['-f', '-p', String(pid), '-o', '/dev/null', ...files, ...rules], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await attached(strace);
  return {
    end: (): Promise<void> =>
      new Promise((resolve) => {
        strace.once('exit', () => resolve());
        strace.kill('SIGINT');
      }),
  };
}

function attached(strace: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    strace.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(' attached')) resolve();
    });
    strace.once('exit', (code) => reject(new Error(`strace ended with code ${code}: ${said}`)));
  });
}
