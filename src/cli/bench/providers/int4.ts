/** int4 weights in groups, times activations in bf16. */
import type { LayerWeights } from '../layer_weights';
import { type Provider, tfjsProduct } from './provider';

const BYTES_OF_SCALE = 4;

/** Of what a weight takes in memory with its share of the scale. */
export function int4BytesPerWeight(group: number): number {
  return 0.5 + BYTES_OF_SCALE / group;
}

/** Symmetric weights, rotated: every zero point is 8, as of ONNX Runtime's. */
export function int4Weights(layer: LayerWeights, group: number, hadamard: number) {
  const { tf } = layer;
  return layer.quantized(
    `int4 g${group} rotated by ${hadamard}`,
    hadamard,
    (kernel) => {
      const groupSize = Math.min(group, kernel.shape[0]);
      const options = { groupSize, symmetric: true };
      const { values, scales, zeros } = tf.qutlass.quantizeWeightInt4(kernel, options);
      zeros.dispose();
      return { values, scales, groupSize };
    },
    ({ values, scales }) => tf.dispose([values, scales]),
  );
}

/** `matmulInt4Bf16`. */
export function int4(name: string, group: number): Provider {
  return {
    name,
    format: 'int4',
    library: 'tfjs-qutlass',
    group,
    hadamard: 0,
    bytesPerWeight: int4BytesPerWeight(group),
    bytesPerInput: 4,
    async product(layer, x) {
      const { tf } = layer;
      const { values, scales, groupSize } = await int4Weights(layer, group, 0);
      return tfjsProduct(tf, () =>
        tf.qutlass.matmulInt4Bf16(x, values, scales, null, { groupSize }),
      );
    },
  };
}
