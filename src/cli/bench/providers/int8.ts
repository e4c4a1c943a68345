/** int8 weights times int8 activations, which are quantized in the call or, 'noquant', before it. */
import type { Provider } from './provider';
import { type OperandFormat, quantizingInput, withQuantizedInput } from './quantized_operands';

const INT8: OperandFormat = {
  format: 'int8',
  bytesPerElement: 1,
  quantizeWeights: (tf, kernel) => tf.qutlass.quantizeWeightInt8(kernel),
  quantizeInput(tf, x) {
    const { values, scale, zero } = tf.qutlass.quantizeInt8(x);
    zero.dispose();
    return { values, scale };
  },
  linear: (tf, x, w, rotation) => tf.qutlass.linearInt8(x, w.values, w.scale, { rotation }),
  multiply: (tf, x, w) => tf.qutlass.matmulInt8Bf16(x.values, w.values, x.scale, w.scale),
};

/** `linearInt8`. */
export function int8(name: string, hadamard = 0): Provider {
  return quantizingInput(INT8, name, hadamard);
}

/** `matmulInt8Bf16` of activations that are int8 already. */
export function int8WithoutQuantization(name: string): Provider {
  return withQuantizedInput(INT8, name);
}
