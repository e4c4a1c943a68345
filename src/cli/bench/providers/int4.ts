/** int4 weights in groups, times activations in bf16. */
import { type Provider, tfjsProduct } from './provider';

const BYTES_OF_SCALE = 4;

/** Of what a weight takes in memory with its share of the scale. */
export function int4BytesPerWeight(group: number): number {
  return 0.5 + BYTES_OF_SCALE / group;
}

/** `matmulInt4Bf16` of symmetric weights: every zero point is 8, as of ONNX Runtime's. */
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
      const { values, scales, groupSize } = await layer.quantized(
        `int4 g${group}`,
        0,
        (kernel) => {
          const groupSize = Math.min(group, kernel.shape[0]);
          const options = { groupSize, symmetric: true };
          const made = tf.qutlass.quantizeWeightInt4(kernel, options);
          made.zeros.dispose();
          return { values: made.values, scales: made.scales, groupSize };
        },
        (made) => tf.dispose([made.values, made.scales]),
      );
      return tfjsProduct(tf, () =>
        tf.qutlass.matmulInt4Bf16(x, values, scales, null, { groupSize }),
      );
    },
  };
}
