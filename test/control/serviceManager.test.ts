import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceManager } from '../../src/control/serviceManager.js';

const python = spawnSync('python3', ['--version']).status === 0;

/** systemd's end of the socket: prints `bound`, then each datagram as JSON. */
const listen = `
import json, socket, sys
path = sys.argv[1]
end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
end.bind('\\0' + path[1:] if path.startswith('@') else path)
print('bound', flush=True)
while True:
    print(json.dumps(end.recv(4096).decode()), flush=True)
`;

async function linesOf(child: ChildProcess, count: number, first: () => void): Promise<readonly string[]> {
  let text = '';
  for (;;) {
    const [data] = (await once(child.stdout as NonNullable<typeof child.stdout>, 'data')) as [Buffer];
    if (text === '') first();
    text += data.toString();
    const lines = text.trim().split('\n');
    if (lines.length > count) return lines.slice(1, count + 1);
  }
}

describe('service manager', () => {
  let child: ChildProcess | undefined;
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-notify-'));
  afterEach(() => child?.kill());
  after(() => rmSync(folder, { recursive: true }));

  for (const path of [join(folder, 'notify'), `@sallyport-test-${process.pid}`]) {
    (python ? it : it.skip)(
      `hears each word as one datagram, at ${path.startsWith('@') ? 'a name' : 'a path'}`,
      async () => {
        child = spawn('python3', ['-c', listen, path]);
        const lines = await linesOf(child, 2, () => {
          const manager = serviceManager({ NOTIFY_SOCKET: path }, 1);
          manager?.tell('READY=1\nSTATUS=über');
          manager?.tell('WATCHDOG=1');
        });
        assert.deepEqual(lines, ['"READY=1\\nSTATUS=\\u00fcber"', '"WATCHDOG=1"']);
      },
    );
  }

  it('is absent without a socket that can be', () => {
    for (const path of [undefined, '', 'relative', '@', '/', `/${'x'.repeat(107)}`]) {
      assert.equal(serviceManager({ NOTIFY_SOCKET: path }, 1), undefined, path);
    }
  });

  it('does not mind that nobody listens any more', () => {
    serviceManager({ NOTIFY_SOCKET: join(folder, 'gone') }, 1)?.tell('WATCHDOG=1');
  });

  it('watches this process alone, by a time that is one', () => {
    const watched = (usec: string | undefined, pid?: string) =>
      serviceManager(
        {
          NOTIFY_SOCKET: '/nowhere',
          WATCHDOG_USEC: usec,
          ...(pid === undefined ? {} : { WATCHDOG_PID: pid }),
        },
        42,
      )?.watchdogMs;
    assert.equal(watched('5000000', '42'), 5_000);
    assert.equal(watched('5000000'), 5_000);
    for (const usec of [undefined, '', '0', '-1', '1e6', 'x']) assert.equal(watched(usec), undefined);
    assert.equal(watched('5000000', '43'), undefined);
  });
});
