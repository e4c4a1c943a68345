/** int4 weights times int4 activations, which are quantized in the call or, 'noquant', before it. */
import type { LayerWeights } from '../layer_weights';
import { type Provider, tfjsProduct } from './provider';

/** One scale a row, as `linearInt4` takes them. */
function int4RowWeights(layer: LayerWeights, hadamard: number) {
  const { tf } = layer;
  return layer.quantized(
    `int4 rows rotated by ${hadamard}`,
    hadamard,
    (kernel) => {
      const options = { groupSize: kernel.shape[0], symmetric: true };
      const { values, scales, zeros } = tf.qutlass.quantizeWeightInt4(kernel, options);
      const scale = scales.reshape([-1]);
      tf.dispose([scales, zeros]);
      return { values, scale };
    },
    (made) => tf.dispose([made.values, made.scale]),
  );
}

const COMMON = {
  format: 'int4a4',
  library: 'tfjs-qutlass',
  group: null,
  bytesPerWeight: 0.5,
} as const;

/** `linearInt4`; with a rotation, which is fused, where `hadamard` is not 0. */
export function int4a4(name: string, hadamard = 0): Provider {
  return {
    ...COMMON,
    name,
    hadamard,
    bytesPerInput: 4,
    async product(layer, x) {
      const { values, scale } = await int4RowWeights(layer, hadamard);
      const { tf } = layer;
      const options = hadamard === 0 ? {} : { rotation: { hadamard } };
      return tfjsProduct(tf, () => tf.qutlass.linearInt4(x, values, scale, options));
    },
  };
}

/** `matmulInt4Int4Bf16` of activations that are int4 already. */
export function int4a4WithoutQuantization(name: string): Provider {
  return {
    ...COMMON,
    name,
    hadamard: 0,
    bytesPerInput: 0.5,
    async product(layer, x) {
      const { values, scale } = await int4RowWeights(layer, 0);
      const { tf } = layer;
      const q = tf.qutlass.quantizeInt4(x);
      return tfjsProduct(
        tf,
        () => tf.qutlass.matmulInt4Int4Bf16(q.values, values, q.scale, scale),
        [q.values, q.scale],
      );
    },
  };
}
