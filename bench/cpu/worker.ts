/**
 * A process that measures with one number of threads, which TensorFlow and the native kernels read
 * from the environment when they start. It sends each cell's measurements to its parent.
 */
import { describeMachine, type Machine } from '../../src/cli/bench/machine';
import { ortVersion } from '../../src/cli/bench/onnx/runtime';
import { whyUnfit } from '../../src/cli/bench/providers';
import * as tf from '../../src/index';
import { type CpuMeasurement, EFFORT, measureCell } from './cell';
import { parseOptions } from './options';
import { PROVIDERS } from './providers';

export type Line = CpuMeasurement & Machine;

/** Until V8 has compiled a call's JavaScript for good, which takes thousands of calls, it is slow. */
const UNTIL_COMPILED = { ...EFFORT, mostSamples: 1, warmUpMs: 1500 };
const SMALL_SHAPE = { model: 'none', tp: 1, layer: 'small', n: 256, k: 256 };

function machine(): Machine {
  const described = describeMachine(tf);
  const libraries = { ...described.libraries, 'onnxruntime-node': ortVersion() };
  return { ...described, libraries };
}

async function main(): Promise<void> {
  const { shapes, ms, threads, caches, only } = parseOptions(process.argv.slice(2));
  const providers = PROVIDERS.filter(
    ({ name }) => only.length === 0 || only.some((part) => name.includes(part)),
  );
  const on = machine();
  await measureCell(providers, SMALL_SHAPE, 1, threads[0], false, UNTIL_COMPILED);
  for (const shape of shapes) {
    for (const cache of caches) {
      const circumstances = { k: shape.k, threads: threads[0], cold: cache === 'cold' };
      const fit = providers.filter((provider) => whyUnfit(provider, circumstances) === undefined);
      for (const m of ms) {
        const cell = await measureCell(fit, shape, m, threads[0], circumstances.cold);
        process.send!(cell.map((measurement): Line => ({ ...measurement, ...on })));
      }
    }
  }
}

main().then(
  () => process.exit(0), // threads of the libraries would keep it
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
