/**
 * `sallyport osdp ...`: with a controller running over its API, without one on the port itself. Commands say what they
 * did on standard output, one line a thing.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { OsdpLineView, SurveyView, TraceRecord } from './core/osdp.js';
import { explain } from './readers/osdp/explain.js';
import { formatTraceLine, parseTraceLine } from './readers/osdp/trace.js';

/** Where the running controller is, and who asks. */
export interface Controller {
  readonly url: string;
  readonly token: string;
}

export type Print = (text: string) => void;

interface Place {
  readonly address: number;
  readonly baud: number;
}

const pollMs = 500;
/** A reader that is there has proved its key by then, or refused it. */
const proveMs = 10_000;

/** How every reader on an OSDP line is. */
export async function showLines(controller: Controller, print: Print): Promise<void> {
  for (const line of await linesOf(controller)) {
    print(`line ${line.line} at ${line.baud} baud`);
    for (const reader of line.readers) {
      const { identity: is, replyMs } = reader;
      const parts = [
        `  ${reader.reader}: address ${reader.address}, ${reader.state}`,
        reader.secure ? 'Secure Channel' : reader.policy === 'off' ? 'IN CLEAR' : 'no session',
        ...(is === undefined ? [] : [`vendor ${is.vendor} model ${is.model}, firmware ${is.firmware}`]),
        ...(replyMs === undefined ? [] : [`replies in ${Math.round(replyMs.p50)} ms`]),
        ...reader.alarms.map((alarm) => `ALARM ${alarm}`),
      ];
      print(parts.join(', '));
    }
  }
}

/** Looks for readers of unknown address and speed over the controller; its readers on the line stand still meanwhile. */
export async function scanOver(
  controller: Controller,
  line: string,
  bauds: readonly number[],
  print: Print,
): Promise<void> {
  await request(controller, 'POST', `/lines/${encodeURIComponent(line)}/scan`, { bauds });
  const survey = await surveyEnd(controller, line, print);
  printFound(survey, print);
}

/** Gives a reader another address and speed: one of the site file in its session, any other by where it is. */
export async function moveOver(
  controller: Controller,
  what: { readonly reader: string } | { readonly line: string; readonly from: Place },
  to: Place,
  print: Print,
): Promise<void> {
  if ('reader' in what) {
    await request(controller, 'POST', `/readers/${encodeURIComponent(what.reader)}/address`, to);
    print(`${what.reader} took address ${to.address} at ${to.baud} baud. Write that into the site file.`);
    return;
  }
  await request(controller, 'POST', `/lines/${encodeURIComponent(what.line)}/move`, { from: what.from, to });
  printOutcome(await surveyEnd(controller, what.line, print), print);
}

/** Arms install mode and watches until the reader is online with its own key, or the five minutes are over. */
export async function installKey(controller: Controller, reader: string, print: Print): Promise<void> {
  await request(controller, 'POST', `/readers/${encodeURIComponent(reader)}/install-key`);
  print(
    `Install mode for ${reader}, five minutes. A first key travels under a key everybody knows: keep the cable short.`,
  );
  for (;;) {
    const found = (await linesOf(controller))
      .flatMap((one) => one.readers)
      .find((one) => one.reader === reader);
    if (found === undefined) throw new Error(`there is no OSDP reader ${reader} any more`);
    if (found.armedForMs === undefined) {
      if (!found.secure) throw new Error(`${reader} has no key: it is ${found.state}; the log says why`);
      print(`${reader} has its own key and is online.`);
      return;
    }
    await pause(pollMs);
  }
}

/** Tells the key a reader has from elsewhere, and waits until the reader has proved it. */
export async function setKey(
  controller: Controller,
  reader: string,
  key: string,
  print: Print,
  waitMs = proveMs,
): Promise<void> {
  const look = async () => {
    const all = (await linesOf(controller)).flatMap((one) => one.readers);
    const found = all.find((one) => one.reader === reader);
    if (found === undefined) throw new Error(`there is no OSDP reader ${reader}`);
    return { ended: found.keyEnded, isRefused: found.alarms.includes('key-refused') };
  };
  const before = await look();
  await request(controller, 'PUT', `/readers/${encodeURIComponent(reader)}/key`, { key });
  let now = { ...before, ended: undefined as typeof before.ended };
  const isOpen = () => now.ended === undefined && (before.isRefused || !now.isRefused);
  for (let waitedMs = 0; isOpen() && waitedMs < waitMs; waitedMs += pollMs) {
    await pause(pollMs);
    now = await look();
  }
  if (now.ended === 'keyed') print(`${reader} has proved the key and is online.`);
  else if (now.ended !== undefined || now.isRefused) throw new Error(`${reader} does not know that key`);
  else print(`${reader} is not there; the key is kept and tried when it comes.`);
}

/** One line of standard input, not shown where somebody types it. */
export async function readSecret(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  if (stdin.isTTY) stderr.write(prompt);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: silent, terminal: stdin.isTTY });
  try {
    for await (const line of lines) return line.trim();
    return '';
  } finally {
    lines.close();
    if (stdin.isTTY) stderr.write('\n');
  }
}

/** Follows a line over the controller and explains its frames; with a file also keeps them. Ends when interrupted. */
export async function monitorOver(
  controller: Controller,
  line: string,
  write: string | undefined,
  print: Print,
): Promise<void> {
  for (let after = 0; ; await pause(pollMs)) {
    const reply = await request(controller, 'GET', `/lines/${encodeURIComponent(line)}/trace?after=${after}`);
    const { records, last } = reply as { records: readonly TraceRecord[]; last: number };
    if (records[0] !== undefined && after > 0 && records[0].seq > after + 1) print('... frames were missed');
    for (const record of records) {
      const data = new Uint8Array(Buffer.from(record.data, 'hex'));
      // Kept before it is shown: whoever ends this on seeing a frame has it.
      if (write !== undefined) appendFileSync(write, `${lineOf(record, data)}\n`, { mode: 0o600 });
      printFrame(record.wallMs, data, print);
    }
    after = last;
  }
}

/** Explains a recorded file. */
export function readCapture(path: string, print: Print): void {
  const texts = readFileSync(path, 'utf8').split('\n');
  for (const [index, text] of texts.entries()) {
    if (text.trim() === '') continue;
    const line = parseTraceLine(text);
    if (typeof line === 'string') print(`${path}:${index + 1}: ${line}`);
    else printFrame(line.timeSec * 1_000 + line.timeNano / 1e6, line.data, print);
  }
}

export function printFrame(wallMs: number, data: Uint8Array, print: Print): void {
  const at = new Date(wallMs).toISOString().slice(11, 23);
  for (const text of explain(data)) print(`${at} ${text}`);
}

export function printFound({ found }: Pick<SurveyView, 'found'>, print: Print): void {
  for (const { address, baud, identity } of found) {
    const who =
      identity === undefined
        ? 'does not say who it is: it has a key'
        : `vendor ${identity.vendor}, model ${identity.model}, serial ${identity.serial}, firmware ${identity.firmware}`;
    print(`address ${address} at ${baud} baud: ${who}`);
  }
  if (found.length === 0) print('No reader answered.');
}

const outcomes = {
  moved: 'The reader is at its new place.',
  refused: 'The reader refused; it is where it was.',
  silent: 'The reader did not answer from its new place; it is where it was.',
  lost: 'The reader answers neither there nor here: look for it with scan.',
} as const;

export function printOutcome({ outcome }: Pick<SurveyView, 'outcome'>, print: Print): void {
  if (outcome === undefined) return;
  if (outcome !== 'moved') throw new Error(outcomes[outcome]);
  print(outcomes[outcome]);
}

function lineOf({ wallMs, io }: TraceRecord, data: Uint8Array): string {
  const timeSec = Math.floor(wallMs / 1_000);
  return formatTraceLine({ timeSec, timeNano: Math.round((wallMs - timeSec * 1_000) * 1e6), io, data });
}

async function linesOf(controller: Controller): Promise<readonly OsdpLineView[]> {
  const { items } = (await request(controller, 'GET', '')) as { items: readonly OsdpLineView[] };
  return items;
}

async function surveyEnd(controller: Controller, line: string, print: Print): Promise<SurveyView> {
  for (let shown = 0; ; ) {
    const { survey } = (await linesOf(controller)).find((one) => one.line === line) ?? {};
    if (survey === undefined) throw new Error(`there is no line ${line} any more`);
    if (survey.done) return survey;
    const tenth = Math.floor(survey.share * 10);
    if (tenth > shown) print(`... ${tenth * 10} %`);
    shown = Math.max(shown, tenth);
    await pause(pollMs);
  }
}

/** One call; a refusal is an error with the controller's own words. */
async function request(
  controller: Controller,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const reply = await fetch(`${controller.url.replace(/\/$/, '')}/api/v1/osdp${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${controller.token}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  const value: unknown = text === '' ? {} : JSON.parse(text);
  if (reply.ok) return value;
  const { detail } = Object(value);
  throw new Error(`${reply.status}: ${typeof detail === 'string' ? detail : 'the controller refused'}`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
