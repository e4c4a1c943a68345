/**
 * `npm run bench:cpu`: our products through tfjs, tfjs-node's own in float32, and ONNX Runtime's
 * quantized ones through onnxruntime-node, interleaved, in one process for each number of threads.
 *
 * Prints a table a cell and the ratios over all cells. In the folder `--out` it writes
 * measurements.jsonl, a line a measurement, summary.txt and chart.svg.
 */
import { fork } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { chartOf } from './chart';
import { type Options, parseOptions, USAGE } from './options';
import type { Cell } from './summary';
import { cellTable, summaryTable } from './table';
import type { Line } from './worker';

/** What TensorFlow and the native kernels read when they start. */
function environmentOf(threads: number): NodeJS.ProcessEnv {
  return {
    TF_CPP_MIN_LOG_LEVEL: '2',
    ...process.env,
    TF_NUM_INTRAOP_THREADS: String(threads),
    QUTLASS_NUM_THREADS: String(threads),
  };
}

/** Measures all cells with one number of threads; takes each as it comes. */
function measureWith(threads: number, args: string[], take: (cell: Line[]) => void): Promise<void> {
  const worker = fork(join(__dirname, 'worker'), [...args, '--threads', String(threads)], {
    env: environmentOf(threads),
  });
  worker.on('message', (cell) => take(cell as Line[]));
  return new Promise((resolve, reject) => {
    worker.on('error', reject);
    worker.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`the worker with ${threads} threads ended with ${signal ?? code}`));
    });
  });
}

async function measureAll({ threads, out }: Options, args: string[]): Promise<Cell[]> {
  const lines = join(out, 'measurements.jsonl');
  mkdirSync(out, { recursive: true });
  rmSync(lines, { force: true });
  const cells: Cell[] = [];
  for (const count of threads) {
    await measureWith(count, args, (cell) => {
      if (cells.length === 0) console.log(cell[0].device);
      cells.push(cell);
      for (const line of cell) appendFileSync(lines, `${JSON.stringify(line)}\n`);
      console.log(`\n${cellTable(cell)}`);
    });
  }
  return cells;
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  let options: Options;
  try {
    options = parseOptions(args);
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const cells = await measureAll(options, args);
  const summary = summaryTable(cells);
  console.log(`\n${summary}`);
  writeFileSync(join(options.out, 'summary.txt'), `${summary}\n`);
  writeFileSync(join(options.out, 'chart.svg'), chartOf(cells));
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
