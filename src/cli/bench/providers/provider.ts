/** A way to multiply by a layer's weights. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';

import type { Package } from '../../models/load_package';
import type { LayerWeights } from '../layer_weights';
import type { Callable } from '../measure';

/** What the operands are rounded to; it decides how far a result may be from float32's. */
export type Format = 'float32' | 'int8' | 'int4' | 'int4a4';

/** A provider on one layer with one x `[m, k]`. */
export interface Product extends Callable {
  /** Float32 `[m, n]`, to be checked; the caller disposes of it. */
  result(): Promise<Tensor2D>;
  /** Of what was made for this x; the weights stay. */
  dispose(): Promise<void>;
}

/** A provider, before it has a layer. */
export interface Provider {
  name: string;
  format: Format;
  library: 'tfjs-qutlass' | 'tfjs-node' | 'onnxruntime-node';
  group: number | null;
  /** The block size of the rotation; 0 without one. */
  hadamard: number;
  bytesPerWeight: number;
  /** Of x, as the timed call reads it. */
  bytesPerInput: number;
  product(layer: LayerWeights, x: Tensor2D): Promise<Product>;
}

/** Waits for the device, which does one thing after the other: so nothing queued is later than this. */
function wait(tf: Package): void {
  tf.tidy(() => tf.zeros([1]).add(1).dataSync());
}

/** A product that `multiply` makes with tfjs; `prepared` is disposed of with it. */
export function tfjsProduct(tf: Package, multiply: () => Tensor, prepared: Tensor[] = []): Product {
  return {
    call: () => multiply().dispose(),
    settle: () => wait(tf),
    result: () => Promise.resolve(multiply() as Tensor2D),
    dispose: () => Promise.resolve(tf.dispose(prepared)),
  };
}
