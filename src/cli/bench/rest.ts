/** Waiting until the threads that worked a moment ago stand still. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** Long enough that a processor's accounts, which some systems keep by ticks, are up to date. */
const WINDOW_MS = 10;

/** The share of one processor that a process at rest may use. */
const SHARE_AT_REST = 0.2;

/**
 * Resolves when this process's threads have slept for some milliseconds, or after `longestMs`.
 *
 * The threads of a thread pool look out for more work before they sleep: ONNX Runtime's for up to
 * some 50 ms on all processors, so that what is measured after it would be measured beside it.
 *
 * @param longestMs The longest wait, in milliseconds; 0 for none.
 */
export async function rest(longestMs: number): Promise<void> {
  const end = performance.now() + longestMs;
  while (performance.now() < end) {
    const used = process.cpuUsage();
    const start = performance.now();
    await sleep(WINDOW_MS);
    const { user, system } = process.cpuUsage(used);
    if ((user + system) / 1000 <= SHARE_AT_REST * (performance.now() - start)) return;
  }
}
