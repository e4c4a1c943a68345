/** The namespace `tf.qutlass`: ops, layers, graph models, training, `info`; in Node as in a browser. */
import type { Info } from './info';
import * as graphModels from './graph_models';
import * as layers from './layers';
import * as ops from './ops';
import type { ProductShape } from './runtime/addon';
import * as training from './training';

/**
 * Says which kernels run, on what device, and why; and for a product, how it is computed.
 *
 * ```js
 * const {kernels, reason} = tf.qutlass.info();
 * console.log(kernels, reason);
 * console.log(tf.qutlass.info({m: 16, n: 4096, k: 4096, groupSize: 128}).product);
 * // On a CPU {int8: {configuration: 'avx2', workspaceBytes: ...}, int4: ..., int8Int4: ...,
 * // int4Int4: ...}
 * ```
 *
 * @param product x [m, k] by weights [n, k]; `groupSize` is that of `matmulInt4Bf16` and
 *   `linearInt8Int4`, by default k. Sizes are whole numbers from 1 on, else it throws.
 * @returns the backend, its `kernels` and the `reason` for them, the `native` side, and of `product`, on
 *   native kernels, how `matmulInt8Bf16` (`int8`), `matmulInt4Bf16` (`int4`), `linearInt8Int4`
 *   (`int8Int4`) and `matmulInt4Int4Bf16` (`int4Int4`) compute it: the `configuration`, and
 *   `workspaceBytes` of memory beside the result.
 */
export type InfoFunction = (product?: ProductShape) => Info;

export type Qutlass = typeof ops &
  typeof layers &
  typeof graphModels &
  typeof training & { info: InfoFunction };

export function makeNamespace(info: InfoFunction): Qutlass {
  return { ...ops, ...layers, ...graphModels, ...training, info };
}

declare module '@tensorflow/tfjs-core' {
  /** Quantized linear algebra, added by tfjs-qutlass. */
  const qutlass: Qutlass;
}
