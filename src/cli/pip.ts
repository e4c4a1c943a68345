/** Wheels from the Python package index (or whatever mirror pip is configured for), pinned by hash. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { runCommand } from './steps/run_command';
import { StepError } from './steps/step_error';

/** pip prints one of these as soon as the index has answered. */
const INDEX_ANSWERED = /^\s*(Downloading|Using cached|Processing|Obtaining|Saved) /m;
const INDEX_PATIENCE_MS = 10_000;
const POLL_MS = 100;

export interface Wheel {
  /** 'tensorflow-cpu==2.21.0' */
  requirement: string;
  sha256: string;
  bytes: number;
}

/** Which wheels pip takes, whatever Python and machine it runs on. */
export interface WheelTarget {
  /** 'manylinux2014_x86_64' */
  platform: string;
  python: string;
}

export interface PipOptions {
  target: WheelTarget;
  /** Made where missing. The temporary files are in it too: /tmp may be too small for them. */
  folder: string;
  logFile: string;
}

function requirementLine({ requirement, sha256 }: Wheel): string {
  return `${requirement} --hash=sha256:${sha256}\n`;
}

function answered(logFile: string): boolean {
  try {
    return INDEX_ANSWERED.test(readFileSync(logFile, 'utf8'));
  } catch {
    return false;
  }
}

/** Aborts pip where the index stays silent: its own retries would take minutes. */
function giveUpOnSilence(logFile: string): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  const started = Date.now();
  const timer = setInterval(() => {
    if (answered(logFile)) clearInterval(timer);
    else if (Date.now() - started > INDEX_PATIENCE_MS) controller.abort();
  }, POLL_MS);
  return { signal: controller.signal, stop: () => clearInterval(timer) };
}

async function pip(
  command: string[],
  wheels: readonly Wheel[],
  { target, folder, logFile }: PipOptions,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const requirements = join(folder, 'requirements.txt');
  writeFileSync(requirements, wheels.map(requirementLine).join(''));
  const names = wheels.map(({ requirement }) => requirement).join(', ');
  const selection = [
    ...['--no-deps', '--only-binary=:all:', '--require-hashes', '--requirement', requirements],
    ...['--platform', target.platform, '--python-version', target.python],
  ];
  const { signal, stop } = giveUpOnSilence(logFile);
  try {
    await runCommand('python3', ['-m', 'pip', ...command, ...selection], {
      logFile,
      failure: `pip cannot get ${names}`,
      remedy: 'check the network and the configuration of pip (python3 -m pip config list)',
      env: { ...process.env, TMPDIR: folder },
      signal,
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new StepError(
      `the package index that pip uses gave no answer in ${INDEX_PATIENCE_MS / 1000} s`,
      { logFile, remedy: 'check the network, or set PIP_INDEX_URL to a mirror' },
    );
  } finally {
    stop();
  }
}

/** Downloads wheels into a folder. Rejects with a StepError. */
export function downloadWheels(wheels: readonly Wheel[], options: PipOptions): Promise<void> {
  return pip(['download', '--dest', options.folder], wheels, options);
}

/** Unpacks wheels into a folder, with the file modes they ask for. Rejects with a StepError. */
export function installWheels(wheels: readonly Wheel[], options: PipOptions): Promise<void> {
  return pip(['install', '--no-compile', '--target', options.folder], wheels, options);
}
