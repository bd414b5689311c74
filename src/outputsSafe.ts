/**
 * Puts every output at its inactive level and ends: `node dist/src/outputsSafe.js --site FILE`. The service runs it before
 * each start and after each end, because a Raspberry Pi keeps the levels of a process that is gone. It needs
 * neither the database nor, after a controller has run, the site file. Says what it did in one line; ends with 1 when
 * an output could not be had.
 */
import { parseArgs } from 'node:util';
import { openHardware } from '../hardware/open.js';
import { endPlan, type OutputPlan, readPlan } from './outputPlan.js';

const folder = process.env['RUNTIME_DIRECTORY'];

async function main(): Promise<string> {
  const { values } = parseArgs({ options: { site: { type: 'string' } } });
  const noted = readPlan(folder);
  if (noted === 'done') return 'outputs are safe already';
  const plan = noted ?? (await planOf(values.site));
  const { board, driver, outputs } = plan;
  const request = { board, outputs, inputs: [], ...(driver === undefined ? {} : { driver }) };
  openHardware(request, { nowUs: () => 0, setTimer: () => () => undefined }).hardware.close();
  endPlan(folder, plan);
  return `outputs are safe: ${outputs.map(({ line }) => line).join(', ')} of ${board}`;
}

async function planOf(path: string | undefined): Promise<OutputPlan> {
  if (path === undefined) throw new Error('--site: name the site file');
  const [{ loadSiteFile }, { formatSiteError }, { known }, { hardwareRequestOf }] = await Promise.all([
    import('./config/siteFile.js'),
    import('./config/siteErrors.js'),
    import('./known.js'),
    import('./hardwareRequest.js'),
  ]);
  const result = loadSiteFile(path, process.env, known);
  if (result.ok) return hardwareRequestOf(result.site);
  throw new Error(result.errors.map(formatSiteError).join('\n'));
}

main().then(
  (done) => process.stdout.write(`${done}\n`),
  (error: unknown) => {
    process.stderr.write(`outputs-safe: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
