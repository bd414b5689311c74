/** The one file that reads clocks. Everything else is handed an `Instant`. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { BootId, ClockTrust, Instant } from '../core/model.js';

export interface Clock {
  readonly boot: BootId;
  now(): Instant;
  /** CLOCK_MONOTONIC in microseconds, the time base of kernel edges. */
  nowUs(): number;
  close(): void;
}

/** A wall clock before this says nothing: the software is younger. */
const SOFTWARE_BORN_MS = Date.UTC(2026, 0, 1);
/** How often the system is asked whether its clock is synchronised. */
const ASK_EVERY_MS = 30_000;

/**
 * The system's clocks. Trust is `ntp` when the system says it is synchronised (systemd-timesyncd's mark or
 * `timedatectl`), `rtc` when a hardware clock set the time at boot, `saved` when neither, `unset` when the time
 * cannot be right; or `ntp` throughout when the site file says `clock: assume-trusted`.
 */
export function systemClock(options: { readonly assumeTrusted: boolean }): Clock {
  let trust: ClockTrust = options.assumeTrusted ? 'ntp' : trustWithoutNtp();
  const ask = (): void => {
    askSynchronised((yes) => {
      trust = yes ? 'ntp' : trustWithoutNtp();
    });
  };
  if (!options.assumeTrusted) ask();
  const timer = options.assumeTrusted ? undefined : setInterval(ask, ASK_EVERY_MS);
  timer?.unref();
  return {
    boot: bootId(),
    now: () => {
      const wallMs = Date.now();
      return {
        monoMs: Math.floor(monoUs() / 1000),
        wallMs,
        trust: wallMs < SOFTWARE_BORN_MS ? 'unset' : trust,
      };
    },
    nowUs: monoUs,
    close: () => clearInterval(timer),
  };
}

function monoUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

function trustWithoutNtp(): ClockTrust {
  return readText('/sys/class/rtc/rtc0/hctosys') === '1' ? 'rtc' : 'saved';
}

function askSynchronised(tell: (yes: boolean) => void): void {
  if (existsSync('/run/systemd/timesync/synchronized')) {
    tell(true);
    return;
  }
  const args = ['show', '--property=NTPSynchronized', '--value'];
  execFile('timedatectl', args, { timeout: 5_000 }, (error, stdout) => {
    tell(error === null && stdout.trim() === 'yes');
  });
}

/** The kernel's boot id; without one (not Linux) every start counts as a boot of its own. */
function bootId(): BootId {
  return readText('/proc/sys/kernel/random/boot_id') ?? randomUUID();
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
