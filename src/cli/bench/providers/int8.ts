/** int8 weights times int8 activations, which are quantized in the call or, 'noquant', before it. */
import type { Tensor2D } from '@tensorflow/tfjs-core';

import type { LayerWeights } from '../layer_weights';
import { type Provider, tfjsProduct } from './provider';

export function int8Weights(layer: LayerWeights, hadamard: number) {
  const { tf } = layer;
  return layer.quantized(
    `int8 rotated by ${hadamard}`,
    hadamard,
    (kernel: Tensor2D) => tf.qutlass.quantizeWeightInt8(kernel),
    (made) => tf.dispose([made.values, made.scale]),
  );
}

const COMMON = {
  format: 'int8',
  library: 'tfjs-qutlass',
  group: null,
  bytesPerWeight: 1,
} as const;

/** `linearInt8`; with a rotation, which is fused, where `hadamard` is not 0. */
export function int8(name: string, hadamard = 0): Provider {
  return {
    ...COMMON,
    name,
    hadamard,
    bytesPerInput: 4,
    async product(layer, x) {
      const { values, scale } = await int8Weights(layer, hadamard);
      const { tf } = layer;
      const options = hadamard === 0 ? {} : { rotation: { hadamard } };
      return tfjsProduct(tf, () => tf.qutlass.linearInt8(x, values, scale, options));
    },
  };
}

/** `matmulInt8Bf16` of activations that are int8 already. */
export function int8WithoutQuantization(name: string): Provider {
  return {
    ...COMMON,
    name,
    hadamard: 0,
    bytesPerInput: 1,
    async product(layer, x) {
      const { values, scale } = await int8Weights(layer, 0);
      const { tf } = layer;
      const q = tf.qutlass.quantizeInt8(x);
      return tfjsProduct(tf, () => tf.qutlass.matmulInt8Bf16(q.values, values, q.scale, scale), [
        q.values,
        q.scale,
        q.zero,
      ]);
    },
  };
}
