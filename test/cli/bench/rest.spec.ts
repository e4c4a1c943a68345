import { Worker } from 'node:worker_threads';

import { rest } from '../../../src/cli/bench/rest';

/** A thread that looks out for work for `ms`, as those of a thread pool do. */
const SPINNING = `
  const { parentPort, workerData: ms } = require('node:worker_threads');
  parentPort.postMessage('begun');
  const end = performance.now() + ms;
  while (performance.now() < end);
`;

async function withSpinningThread(ms: number, body: () => Promise<void>): Promise<void> {
  const worker = new Worker(SPINNING, { eval: true, workerData: ms });
  try {
    await new Promise((resolve) => worker.once('message', resolve));
    await body();
  } finally {
    await worker.terminate();
  }
}

async function millisecondsOf(waiting: Promise<void>): Promise<number> {
  const start = performance.now();
  await waiting;
  return performance.now() - start;
}

describe('the rest between samples', () => {
  it('lasts until the threads of the process stand still', async () => {
    await withSpinningThread(100, async () => {
      expect(await millisecondsOf(rest(5000))).toBeGreaterThanOrEqual(90);
    });
  });

  it('has an end where they never do', async () => {
    await withSpinningThread(60_000, async () => {
      expect(await millisecondsOf(rest(50))).toBeLessThan(5000);
    });
  });
});
