/** One line of doctor's report. */

/**
 * `ok`; `absent`: not there and not needed; `warning`: the main job runs, but not as well as it
 * could; `failed`: the main job cannot run.
 */
export type Status = 'ok' | 'absent' | 'warning' | 'failed';

export interface Check {
  /** For programs: 'node', 'libtensorflow', … */
  id: string;
  /** For people. */
  title: string;
  status: Status;
  detail: string;
  /** The command that mends it. */
  remedy?: string;
}

/** Whether the main job, a quantized model in Node, can run. */
export function canRun(checks: readonly Check[]): boolean {
  return checks.every(({ status }) => status !== 'failed');
}
