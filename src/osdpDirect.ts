/** `sallyport osdp ...` without a controller: on the port itself. A port that a controller holds is refused by its lock. */
import { appendFileSync } from 'node:fs';
import { openSerialPort } from '../hardware/drivers/serialport.js';
import type { SerialLine } from '../hardware/ports.js';
import { siteFormatsOf } from './config/hardwareWiring.js';
import { osdpLinesOf, serialRequestsOf } from './config/serialWiring.js';
import type { SiteFile } from './config/siteSchema.js';
import { systemClock } from './control/clock.js';
import { createOsdp } from './control/osdp.js';
import { osdpCrypto } from './control/osdpCrypto.js';
import { openKeyStore } from './control/osdpKeys.js';
import { type Print, printFound, printFrame, printOutcome } from './osdpCommands.js';
import { createFrameFinder } from './readers/osdp/frame.js';
import {
  createSurvey,
  type SurveyOutput,
  type SurveyPlan,
  type SurveyProgress,
} from './readers/osdp/survey.js';
import { formatTraceLine, withoutSecrets } from './readers/osdp/trace.js';
import { formatsWith } from './readers/wiegand/formatTable.js';
import { lockFolder } from './storage/folderLock.js';

/** Finds or moves readers on a device. Rejects when the device cannot be had. */
export async function surveyDevice(device: string, plan: SurveyPlan, print: Print): Promise<void> {
  const baud = plan.kind === 'scan' ? (plan.bauds[0] ?? 9_600) : plan.from.baud;
  const port = openSerialPort({ port: 'osdp', device, baud }, { setTimer });
  try {
    const progress = await runSurvey(port, device, plan, print);
    if (plan.kind === 'scan') printFound(progress, print);
    else printOutcome(progress, print);
  } finally {
    port.close();
  }
}

function runSurvey(
  port: SerialLine,
  device: string,
  plan: SurveyPlan,
  print: Print,
): Promise<SurveyProgress> {
  return new Promise((resolve, reject) => {
    const survey = createSurvey(plan);
    let cancel = (): void => undefined;
    let tenth = 0;
    const did = ({ baud, write, wakeMs, progress }: SurveyOutput): void => {
      cancel();
      if (baud !== undefined) port.setBaud(baud);
      if (write !== undefined) port.write(write);
      if (progress.done) {
        resolve(progress);
        return;
      }
      if (Math.floor(progress.share * 10) > tenth) {
        tenth = Math.floor(progress.share * 10);
        print(`... ${tenth * 10} %`);
      }
      cancel = setTimer(() => did(survey.wake(nowMs())), Math.max(0, Math.ceil(wakeMs - nowMs())));
    };
    failOnFault(port, device, reject);
    port.onBytes((bytes) => did(survey.receive(bytes, nowMs())));
    // The port opens in its own time; the first question may be lost, and is asked of everybody twice as long.
    setTimer(() => did(survey.start(nowMs())), openMs);
  });
}

/** Listens on a device and explains what is said, until interrupted. Sends nothing. */
export function listenDevice(
  device: string,
  baud: number,
  write: string | undefined,
  print: Print,
): Promise<never> {
  const port = openSerialPort({ port: 'osdp', device, baud }, { setTimer });
  const finder = createFrameFinder();
  return new Promise((_, reject) => {
    failOnFault(port, device, reject);
    port.onBytes((bytes) => {
      for (const found of finder.push(bytes)) {
        if (found.kind === 'damaged') continue;
        const data = withoutSecrets(found.frame.bytes);
        const wallMs = Date.now();
        const timeSec = Math.floor(wallMs / 1_000);
        const line = { timeSec, timeNano: (wallMs - timeSec * 1_000) * 1e6, io: 'trace' as const, data };
        // Kept before it is shown: whoever saw it and stops has it.
        if (write !== undefined) appendFileSync(write, `${formatTraceLine(line)}\n`, { mode: 0o600 });
        printFrame(wallMs, data, print);
      }
    });
  });
}

/**
 * Gives one reader of a site file its key while no controller runs: holds the data folder meanwhile. Rejects when a
 * controller runs, the reader is not one of OSDP, or it has no key of its own within five minutes.
 */
export async function installKeyDirect(site: SiteFile, reader: string, print: Print): Promise<void> {
  const wiring = osdpLinesOf(site).find(({ readers }) => readers.some(({ id }) => id === reader));
  const asked = serialRequestsOf(site).find(({ port }) => port === wiring?.line);
  const only = wiring?.readers.filter(({ id }) => id === reader);
  if (wiring === undefined || only === undefined || asked?.device === undefined) {
    throw new Error(`the site file has no OSDP reader ${JSON.stringify(reader)} on a device`);
  }
  const folder = lockFolder(site.data);
  const clock = systemClock({ assumeTrusted: true });
  const port = openSerialPort({ ...asked, device: asked.device }, { setTimer });
  try {
    await new Promise<void>((resolve, reject) => {
      const osdp = createOsdp({
        ...{ lines: [{ ...wiring, readers: only }], readerLines: [], serial: () => port, setTimer },
        ...{ nowUs: clock.nowUs, nowWallMs: () => clock.now().wallMs, crypto: osdpCrypto },
        ...{ keys: openKeyStore(site.data), formats: formatsWith(siteFormatsOf(site)) },
        on: {
          ...{ card: ignore, pin: ignore, unreadable: ignore, tamper: ignore, learn: () => false },
          fault: (_line, fault) => {
            if (fault === 'unavailable') reject(new Error(`${asked.device} cannot be had`));
          },
          report: (_reader, report, detail) => {
            if (report === 'reader-alarm-on') print(`ALARM ${detail['alarm']}`);
            if (detail['did'] !== 'install-ended') return;
            osdp.close();
            if (detail['how'] === 'keyed') resolve();
            else reject(new Error(`${reader} has no new key: ${detail['how']}`));
          },
        },
      });
      osdp.start();
      const by = { kind: 'system' } as const;
      osdp.ask({ ask: 'arm', reader, by }, (answer) => {
        if (answer.answer === 'refused') reject(new Error(`refused: ${answer.why}`));
        else print(`Install mode for ${reader}, five minutes.`);
      });
    });
    print(`${reader} has its own key.`);
  } finally {
    port.close();
    clock.close();
    folder.release();
  }
}

const openMs = 300;

function ignore(): void {}

function failOnFault(port: SerialLine, device: string, reject: (error: Error) => void): void {
  port.onFault(({ fault, error }) => {
    if (fault === 'unavailable') reject(new Error(`${device}: ${error}`));
  });
}

function nowMs(): number {
  return performance.now();
}

function setTimer(run: () => void, afterMs: number): () => void {
  const timer = setTimeout(run, afterMs);
  return () => clearTimeout(timer);
}
