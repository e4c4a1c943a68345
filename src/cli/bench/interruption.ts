/** Ctrl-C, a closed terminal and kill(1): the first stops the work, a second one the program. */
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruptible {
  /** Aborted at the first signal. */
  signal: AbortSignal;
  /** The exit status that tells of it; 0 without one. */
  status: () => number;
  /** Lets signals end the program as usual again. */
  release: () => void;
}

export function interruptible(): Interruptible {
  const controller = new AbortController();
  let status = 0;
  const stop = (signal: NodeJS.Signals) => {
    if (status !== 0) process.exit(status);
    status = 128 + constants.signals[signal];
    controller.abort(new Error(`stopped by ${signal}`));
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return {
    signal: controller.signal,
    status: () => status,
    release: () => SIGNALS.forEach((signal) => process.off(signal, stop)),
  };
}
