/** A way to multiply by a layer's weights. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';

import type { Package } from '../../models/load_package';
import type { LayerWeights } from '../layer_weights';
import { type Call, type Calls, callsOf } from '../measure';

/** What the operands are rounded to; it decides how far a result may be from float32's. */
export type Format = 'float32' | 'int8' | 'int4' | 'int4a4';

/** A provider on one layer with one x `[m, k]`. */
export interface Product {
  calls: Calls;
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

/** A product that is a call of tfjs; `prepared` is disposed of with it. */
export function tfjsProduct(tf: Package, call: Call, prepared: Tensor[] = []): Product {
  return {
    calls: callsOf(tf, call),
    result: () => Promise.resolve(call() as Tensor2D),
    dispose: () => Promise.resolve(tf.dispose(prepared)),
  };
}
