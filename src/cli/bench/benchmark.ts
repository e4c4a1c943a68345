/** What `bench` does, from its options to its exit status. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { StepError } from '../steps/step_error';
import { interruptible } from './interruption';
import { describeMachine, lastLevelCacheBytes, type Machine } from './machine';
import { ortVersion } from './onnx/runtime';
import type { BenchOptions } from './options';
import { makeProviders } from './providers';
import { Reporter } from './reporter';
import { appendResults } from './results';
import { runBenchmark } from './run';
import { chooseProviders, start, type Started } from './start';
import { RESULTS_FILE, writeSummary } from './summary';

/** The file of the results, which is new. Throws a StepError. */
function prepareResults({ savePath, force }: BenchOptions): string {
  const file = join(savePath, RESULTS_FILE);
  if (existsSync(file) && !force) {
    throw new StepError(`${file} is there already`, {
      remedy: '--save-path names another folder, --force replaces them',
    });
  }
  try {
    mkdirSync(savePath, { recursive: true });
    rmSync(file, { force: true });
  } catch (error) {
    throw new StepError(`cannot write to ${savePath}: ${(error as Error).message}`);
  }
  return file;
}

function machineOf({ tf }: Started, withOnnxruntime: boolean): Machine {
  const machine = describeMachine(tf);
  if (!withOnnxruntime) return machine;
  return { ...machine, libraries: { ...machine.libraries, onnxruntime: ortVersion() } };
}

/** As it can be typed again. */
function commandLine(): string {
  const quoted = process.argv
    .slice(2)
    .map((arg) => (/^[\w./=,:@+-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`));
  return ['npx tfjs-qutlass', ...quoted].join(' ');
}

/** Answers the exit status. */
export async function benchmark(options: BenchOptions): Promise<number> {
  const file = prepareResults(options);
  const started = start(options);
  const { tf, onGpu, threads } = started;
  const names = chooseProviders(options, onGpu, (what) => console.log(what));
  const machine = machineOf(started, names.includes('onnxruntime'));
  const command = commandLine();
  console.log(`${machine.device}; ${tf.qutlass.info().reason}`);

  const reporter = new Reporter(options.shapes.length, options.batchSizes.length, (measurements) =>
    appendResults(
      file,
      measurements.map((measurement) => ({ ...measurement, ...machine, command })),
    ),
  );
  const { signal, status, release } = interruptible();
  try {
    await runBenchmark(
      tf,
      {
        ...options,
        ...{ onGpu, threads, signal },
        providers: makeProviders(names, options),
        coldBytes: options.cold ? 2 * lastLevelCacheBytes() : 0,
      },
      reporter,
    );
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    if (existsSync(file)) console.log(`\n${await writeSummary(file)}`);
    release();
  }
  return status() || (reporter.mistakes > 0 ? 1 : 0);
}
