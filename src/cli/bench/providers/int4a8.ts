/** int4 weights in groups, times int8 activations, which are quantized in the call. */
import { int4BytesPerWeight, int4Weights } from './int4';
import { type Provider, tfjsProduct } from './provider';

/** `linearInt8Int4`. Its format is int4, as ONNX Runtime's is that may round x to int8. */
export function int4a8(name: string, group: number, hadamard = 0): Provider {
  const rotation = hadamard === 0 ? undefined : { hadamard };
  return {
    name,
    format: 'int4',
    library: 'tfjs-qutlass',
    group,
    hadamard,
    bytesPerWeight: int4BytesPerWeight(group),
    bytesPerInput: 4,
    async product(layer, x) {
      const { tf } = layer;
      const { values, scales, groupSize } = await int4Weights(layer, group, hadamard);
      const options = { groupSize, rotation };
      return tfjsProduct(tf, () => tf.qutlass.linearInt8Int4(x, values, scales, null, options));
    },
  };
}
