/**
 * The Node entry: finds the tfjs that the program uses, registers the kernels that fit it, and adds
 * the namespace `tf.qutlass` to it.
 *
 * ```js
 * const tf = require('@tensorflow/tfjs-node');
 * require('tfjs-qutlass');
 *
 * const kernel = tf.randomNormal([512, 256]);
 * const {values, scale} = tf.qutlass.quantizeWeightInt8(kernel);
 * tf.qutlass.linearInt8(tf.randomNormal([1, 512]), values, scale).print();
 * ```
 *
 * It exports what that tfjs exports, and `qutlass`, so `import * as tf from 'tfjs-qutlass'` works too.
 */
import { programTfjs } from './runtime/program_tfjs'; // first: see there

import { findBackend } from '@tensorflow/tfjs-core';

import { registerGradients } from './gradients/register_all_gradients';
import { type NativeSide, makeInfo } from './info';
import { registerCpuKernels } from './kernels/cpu/register_all_kernels';
import type { TensorflowBackend } from './kernels/tensorflow/backend';
import { makeSmallProductsWith } from './kernels/tensorflow/small_products';
import { registerTensorflowKernels } from './kernels/tensorflow/register_all_kernels';
import { type Qutlass, makeNamespace } from './namespace';
import { loadAddon, registerNativeOps } from './runtime/addon';
import { loadedTfjs } from './runtime/tfjs';

export * from '@tensorflow/tfjs';
export type { Info, NativeInfo } from './info';
export type { ProductInfo, ProductInfos, ProductShape } from './runtime/addon';
export type { Qutlass } from './namespace';
export { QutlassLoadError } from './runtime/errors';

/** Registers the native kernels where tfjs-node runs. */
function registerNativeKernels(): NativeSide | null {
  const backend = findBackend('tensorflow') as TensorflowBackend | null;
  if (backend == null) return null;
  const addon = loadAddon();
  const registration = registerNativeOps(addon);
  registerTensorflowKernels();
  makeSmallProductsWith(backend, addon.PreparedProduct);
  const isUsingGpu = backend.isUsingGpuDevice;
  return {
    describe: () => ({ ...addon.deviceInfo(), registration, isUsingGpu }),
    productInfo: (shape) => addon.productInfo(shape, isUsingGpu),
  };
}

registerCpuKernels();
registerGradients();

/** The namespace that is `tf.qutlass` too. */
export const qutlass: Qutlass = makeNamespace(makeInfo(registerNativeKernels()));

for (const { exports: loaded } of loadedTfjs()) Object.assign(loaded, { qutlass });

/** tfjs-node's: with its handlers of files. */
export const io = programTfjs.io;
export const version = programTfjs.version;
/** tfjs-node's `tf.node`; undefined on plain tfjs. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- its types are tfjs-node's, which may not be installed
export const node: any = programTfjs.node;
