/** The long form: `npm run fuzz-api -- 100000 1` (how many, from which seed). Ends with 1 when something is wrong. */
import { openEdge, putSource } from './fakes.js';
import { fuzz } from './fuzz.js';

const [count = '100000', seed = '1'] = process.argv.slice(2);
const edge = await openEdge({ http: { failuresPerMinute: 1_000_000_000 } });
putSource(edge);
const report = await fuzz(edge, { count: Number(count), seed: Number(seed) });
await edge.end();
process.stdout.write(`${JSON.stringify({ ...report, wrong: report.wrong.length })}\n`);
for (const one of report.wrong.slice(0, 50)) process.stdout.write(`${one}\n`);
process.exitCode = report.wrong.length === 0 ? 0 : 1;
