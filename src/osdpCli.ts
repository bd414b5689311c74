/** The `sallyport osdp` commands: what each takes, and which way it goes. What they do is loaded when they run. */
import type { Command } from 'commander';
import type { SiteFile } from './config/siteSchema.js';

export interface OsdpCliDeps {
  readonly print: (text: string) => void;
  readonly loadSite: (path: string) => Promise<SiteFile>;
}

interface Reach {
  readonly url: string;
  readonly token?: string;
  readonly device?: string;
}

const speeds = [9_600, 19_200, 38_400, 57_600, 115_200, 230_400];

export function addOsdpCommands(sallyport: Command, deps: OsdpCliDeps): void {
  const osdp = sallyport.command('osdp').description('readers on RS485 lines: look, find, key, move, listen');
  reach(osdp.command('status').description('how every OSDP reader is')).action(async (options: Reach) => {
    const { showLines } = await import('./osdpCommands.js');
    await showLines(controllerOf(options), deps.print);
  });
  addScan(osdp, deps);
  addInstallKey(osdp, deps);
  addSetKey(osdp, deps);
  addSetAddress(osdp, deps);
  addMonitor(osdp, deps);
}

/** A controller, or with `--device` the port itself. */
function reach(command: Command): Command {
  return command
    .option('--url <url>', 'the running controller', process.env['SALLYPORT_URL'] || 'http://127.0.0.1:8080')
    .option('--token <token>', 'of an administrator; better in the variable SALLYPORT_TOKEN');
}

function withDevice(command: Command): Command {
  return reach(command).option('--device <path>', 'no controller runs: use this port');
}

function addScan(osdp: Command, { print }: OsdpCliDeps): void {
  withDevice(osdp.command('scan'))
    .description('find readers of unknown address and speed; the readers of the line stand still meanwhile')
    .argument('[line]', 'the line, as the site file names it')
    .option('--baud <list>', 'speeds to try', '9600,38400,115200')
    .action(async (line: string | undefined, options: Reach & { baud: string }) => {
      const bauds = options.baud.split(',').map(baudOf);
      if (options.device !== undefined) {
        const { surveyDevice } = await import('./osdpDirect.js');
        await surveyDevice(options.device, { kind: 'scan', bauds }, print);
        return;
      }
      const { scanOver } = await import('./osdpCommands.js');
      await scanOver(controllerOf(options), needed(line, 'line'), bauds, print);
    });
}

function addInstallKey(osdp: Command, { print, loadSite }: OsdpCliDeps): void {
  reach(osdp.command('install-key'))
    .description('give a reader a key of its own; once keyed it is never spoken to without')
    .argument('<reader>', 'the reader, as the site file names it')
    .option('--site <file>', 'no controller runs: the site file')
    .action(async (reader: string, options: Reach & { site?: string }) => {
      if (options.site !== undefined) {
        const { installKeyDirect } = await import('./osdpDirect.js');
        await installKeyDirect(await loadSite(options.site), reader, print);
        return;
      }
      const { installKey } = await import('./osdpCommands.js');
      await installKey(controllerOf(options), reader, print);
    });
}

function addSetKey(osdp: Command, { print }: OsdpCliDeps): void {
  reach(osdp.command('set-key'))
    .description(
      'tell the key a reader has from its maker; 32 hex digits on standard input, never an argument',
    )
    .argument('<reader>', 'the reader, as the site file names it')
    .action(async (reader: string, options: Reach) => {
      const { readSecret, setKey } = await import('./osdpCommands.js');
      const key = await readSecret('The key, 32 hex digits (they are not shown): ');
      await setKey(controllerOf(options), reader, key, print);
    });
}

function addSetAddress(osdp: Command, { print }: OsdpCliDeps): void {
  withDevice(osdp.command('set-address'))
    .description('give a reader another address and speed')
    .option('--reader <reader>', 'a reader of the site file')
    .option('--line <line>', 'another reader: its line')
    .option('--from <address:baud>', 'another reader: where it is, for instance 0:9600')
    .requiredOption('--to <address:baud>', 'where it is to be, for instance 3:9600')
    .action(async (options: Reach & { reader?: string; line?: string; from?: string; to: string }) => {
      const to = placeOf(options.to);
      if (options.device !== undefined) {
        const { surveyDevice } = await import('./osdpDirect.js');
        const from = placeOf(needed(options.from, '--from'));
        await surveyDevice(options.device, { kind: 'move', from, to }, print);
        return;
      }
      const { moveOver } = await import('./osdpCommands.js');
      const what =
        options.reader !== undefined
          ? { reader: options.reader }
          : { line: needed(options.line, '--line'), from: placeOf(needed(options.from, '--from')) };
      await moveOver(controllerOf(options), what, to, print);
    });
}

function addMonitor(osdp: Command, { print }: OsdpCliDeps): void {
  withDevice(osdp.command('monitor'))
    .description('explain what is said on a line, or in a recorded .osdpcap file')
    .argument('[line]', 'the line, as the site file names it')
    .option('--baud <baud>', 'with --device: its speed', '9600')
    .option('--write <file>', 'also append the frames to this .osdpcap file; keys and PINs are zeros in it')
    .option('--read <file>', 'explain this .osdpcap file')
    .action(
      async (line: string | undefined, options: Reach & { baud: string; write?: string; read?: string }) => {
        // A reader of our output that goes away ends it.
        process.stdout.on('error', () => process.exit(0));
        const { monitorOver, readCapture } = await import('./osdpCommands.js');
        if (options.read !== undefined) return readCapture(options.read, print);
        if (options.device !== undefined) {
          const { listenDevice } = await import('./osdpDirect.js');
          return listenDevice(options.device, baudOf(options.baud), options.write, print);
        }
        return monitorOver(controllerOf(options), needed(line, 'line'), options.write, print);
      },
    );
}

function controllerOf({ url, token = process.env['SALLYPORT_TOKEN'] }: Reach) {
  if (token !== undefined && token !== '') return { url, token };
  throw new Error('who asks? put the token of an administrator into the variable SALLYPORT_TOKEN');
}

function needed(value: string | undefined, what: string): string {
  if (value !== undefined) return value;
  throw new Error(`${what} is missing`);
}

function baudOf(text: string): number {
  const baud = Number(text);
  if (speeds.includes(baud)) return baud;
  throw new Error(
    `${JSON.stringify(text.slice(0, 20))} is no speed of OSDP; write one of: ${speeds.join(', ')}`,
  );
}

function placeOf(text: string): { readonly address: number; readonly baud: number } {
  const [, address, baud] = /^(\d{1,3}):(\d{1,6})$/.exec(text) ?? [];
  if (address === undefined || baud === undefined || Number(address) > 126) {
    throw new Error(
      `${JSON.stringify(text.slice(0, 20))} is no place; write ADDRESS:BAUD, for instance 3:9600`,
    );
  }
  return { address: Number(address), baud: baudOf(baud) };
}
