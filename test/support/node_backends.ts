/**
 * Adds tfjs-node's backend to those that op specs run on; jasmine loads this before any spec.
 *
 * Where the native addon or libtensorflow is missing, this fails: QUTLASS_TEST_BACKENDS=cpu leaves
 * them out on purpose.
 */
import { findBackend } from '@tensorflow/tfjs-core';

import { describePending, testBackends } from './backends';

function addTensorflow(): void {
  // Else this process takes all of the GPU's memory, and those that specs start get none.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  // TensorFlow's own products, which specs compare with, in float32 and not in TF32.
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  // Not an import: it loads libtensorflow and the addon, which not every run needs.
  require('../../src/index');
  const backend = findBackend('tensorflow') as { isUsingGpuDevice?: boolean } | null;
  if (backend == null) {
    throw new Error("no backend 'tensorflow': @tensorflow/tfjs-node is not installed");
  }
  const onGpu = backend.isUsingGpuDevice === true;
  testBackends.push({ name: 'tensorflow', place: onGpu ? 'device' : 'host' });
  if (!onGpu) {
    describePending('ops on a GPU', 'skipped: this TensorFlow uses no GPU');
  }
}

const wanted = (process.env.QUTLASS_TEST_BACKENDS ?? 'cpu,tensorflow').split(',');
if (wanted.includes('tensorflow')) {
  addTensorflow();
} else {
  describePending('ops on tensorflow', 'skipped: not named in QUTLASS_TEST_BACKENDS');
}
