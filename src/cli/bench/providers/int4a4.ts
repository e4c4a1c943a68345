/** int4 weights times int4 activations, which are quantized in the call or, 'noquant', before it. */
import type { Provider } from './provider';
import { type OperandFormat, quantizingInput, withQuantizedInput } from './quantized_operands';

const INT4A4: OperandFormat = {
  format: 'int4a4',
  bytesPerElement: 0.5,
  // The bits of `quantizeInt4` of the transposed kernel, of which this needs no copy.
  quantizeWeights(tf, kernel) {
    const options = { groupSize: kernel.shape[0], symmetric: true };
    const { values, scales, zeros } = tf.qutlass.quantizeWeightInt4(kernel, options);
    const scale = scales.reshape([-1]);
    tf.dispose([scales, zeros]);
    return { values, scale };
  },
  quantizeInput: (tf, x) => tf.qutlass.quantizeInt4(x),
  linear: (tf, x, w, rotation) => tf.qutlass.linearInt4(x, w.values, w.scale, { rotation }),
  multiply: (tf, x, w) => tf.qutlass.matmulInt4Int4Bf16(x.values, w.values, x.scale, w.scale),
};

/** `linearInt4`. */
export function int4a4(name: string, hadamard = 0): Provider {
  return quantizingInput(INT4A4, name, hadamard);
}

/** `matmulInt4Int4Bf16` of activations that are int4 already. */
export function int4a4WithoutQuantization(name: string): Provider {
  return withQuantizedInput(INT4A4, name);
}
