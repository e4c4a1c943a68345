/**
 * Tries things out in a child process, so that whatever cannot be loaded, or crashes, is told and
 * not fatal.
 */
import { fork } from 'node:child_process';
import { extname, join } from 'node:path';

import { ended } from '../steps/run_command';
import type { Findings, PartName } from './parts';

const TIME_LIMIT_MS = 60_000;

export interface ProbeError {
  message: string;
  /** The command that mends it, where the error knows it. */
  remedy?: string;
}

export type Finding<T> = { value: T } | { error: ProbeError };

/** What the child sends: one message a part. */
export interface ProbeMessage {
  part: PartName;
  finding: Finding<unknown>;
}

export interface ProbeReport {
  /** What was found of a part; an error where the process ended before it. */
  finding<P extends PartName>(part: P): Finding<Findings[P]>;
  /** stderr of the child: TensorFlow says there why it uses no GPU. */
  log: string;
}

export interface ProbeOptions {
  /** The folder of the tfjs-node package. */
  tfjsFolder?: string;
  addonPath?: string;
}

/** Tries the parts in order, all in one process. */
export async function probe(
  parts: readonly PartName[],
  { tfjsFolder = '', addonPath = '' }: ProbeOptions,
): Promise<ProbeReport> {
  const script = join(__dirname, `probe_child${extname(__filename)}`);
  const child = fork(script, [tfjsFolder, addonPath, ...parts], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    timeout: TIME_LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  const findings = new Map<PartName, Finding<unknown>>();
  let log = '';
  child.on('message', ({ part, finding }: ProbeMessage) => findings.set(part, finding));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const end = await ended(child);
  const missing = { error: { message: `the process that tried it ended: ${end}` } };
  return {
    finding: <P extends PartName>(part: P) =>
      (findings.get(part) ?? missing) as Finding<Findings[P]>,
    log,
  };
}
