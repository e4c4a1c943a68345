/** tfjs's own product: what all others are compared with. */
import { type Provider, tfjsProduct } from './provider';

export function float32(name: string): Provider {
  return {
    name,
    format: 'float32',
    library: 'tfjs-node',
    group: null,
    hadamard: 0,
    bytesPerWeight: 4,
    bytesPerInput: 4,
    async product(layer, x) {
      const { tf } = layer;
      const kernel = await layer.quantized(
        'float32',
        0,
        (made) => made.clone(),
        (made) => made.dispose(),
      );
      return tfjsProduct(tf, () => tf.matMul(x, kernel));
    },
  };
}
