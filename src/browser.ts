/**
 * The browser entry: registers the TypeScript kernels with tfjs's 'cpu' backend and exports what
 * tfjs exports, and `qutlass`.
 *
 * ```js
 * import * as tf from 'tfjs-qutlass';
 *
 * await tf.setBackend('cpu');
 * const {values, scale} = tf.qutlass.quantizeInt8(tf.randomNormal([4, 16]));
 * ```
 */
import { registerGradients } from './gradients/register_all_gradients';
import { makeInfo } from './info';
import { registerCpuKernels } from './kernels/cpu/register_all_kernels';
import { type Qutlass, makeNamespace } from './namespace';

export * from '@tensorflow/tfjs';
export type { Info } from './info';
export type { Qutlass } from './namespace';

registerCpuKernels();
registerGradients();

/** The namespace; `tf.qutlass` where `tf` is a global of script tags. */
export const qutlass: Qutlass = makeNamespace(makeInfo(null));
