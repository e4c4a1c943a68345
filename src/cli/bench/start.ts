/** The package, loaded for the device and the threads that are asked for. */
import { availableParallelism } from 'node:os';

import { type Package, loadPackage } from '../models/load_package';
import { StepError } from '../steps/step_error';
import { installCommand } from '../tensorflow/tfjs_node_package';
import { ORT_PACKAGE } from './onnx/runtime';
import { resolveOptional } from './optional_package';
import type { BenchOptions } from './options';
import { PROVIDER_NAMES, type ProviderName } from './providers';

export interface Started {
  tf: Package;
  onGpu: boolean;
  threads: number;
}

/** TensorFlow and the native kernels read it when they start. */
function prepareEnvironment({ device, threads }: BenchOptions): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  if (device === 'cpu') process.env.CUDA_VISIBLE_DEVICES = '-1';
  if (threads === undefined) return;
  process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  process.env.QUTLASS_NUM_THREADS = String(threads);
}

/** Throws a StepError or a QutlassLoadError. */
export function start(options: BenchOptions): Started {
  prepareEnvironment(options);
  const tf = loadPackage('the benchmark runs on tfjs-node');
  const { kernels, reason } = tf.qutlass.info();
  const onGpu = kernels === 'cuda';
  if (options.device === 'gpu' && !onGpu) {
    throw new StepError(`there is no GPU to run on: ${reason}`, {
      remedy: `${installCommand(true)} && npx tfjs-qutlass setup --gpu && npx tfjs-qutlass build`,
    });
  }
  return { tf, onGpu, threads: options.threads ?? availableParallelism() };
}

/**
 * The providers that can be measured. Throws a StepError where one that is asked for cannot.
 *
 * @param tell Is told of those that are left out.
 */
export function chooseProviders(
  { providers }: BenchOptions,
  onGpu: boolean,
  tell: (what: string) => void,
): ProviderName[] {
  const reason = onGpu
    ? 'is measured on CPUs only: --device cpu'
    : resolveOptional(ORT_PACKAGE) === undefined &&
      `is not installed: npm install --ignore-scripts ${ORT_PACKAGE}`;
  if (!reason) return providers ?? [...PROVIDER_NAMES];
  if (providers?.includes('onnxruntime')) throw new StepError(`onnxruntime ${reason}`);
  if (providers === undefined) tell(`onnxruntime ${reason}`);
  return providers ?? PROVIDER_NAMES.filter((name) => name !== 'onnxruntime');
}
