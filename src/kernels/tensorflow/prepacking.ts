/**
 * Keeps int8 weights in the order in which this processor's kernels multiply them.
 *
 * After some products with the same weights, their tensor's record in the backend gets the handle of
 * a prepacked copy (the native op QutlassPrepackInt8), and the original is let go of. Nobody else
 * sees that: whoever asks the record for its handle, to read the tensor, to run another op on it or
 * to dispose of it, finds the weights as they were, made again from the copy. Each time that
 * happens, it takes twice as many products until they are prepacked again, so that training, which
 * reads frozen weights at every step, does not pack them at every step.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';

import type { TensorData, TensorflowBackend } from './backend';
import { replaceData } from './replace_data';

/** Products with weights before they are prepacked first: packing takes as long as it saves in some. */
const FIRST_PRODUCTS = 4;

/** Those whose processor multiplies all weights best as they are. */
const withoutPrepacking = new WeakSet<TensorflowBackend>();

class Int8Weights {
  private products = 0;
  private productsNeeded = FIRST_PRODUCTS;
  /** Of the tensor that was prepacked, while its data is. */
  private prepacked: TensorInfo | null = null;
  private isLent = false;

  constructor(private readonly backend: TensorflowBackend) {}

  /** Runs a product with `w`, a tensor of this data, whose handle meanwhile is what `run` is told. */
  multiply<T>(w: TensorInfo, run: (isPrepacked: boolean) => T): T {
    if (this.prepacked === null && ++this.products > this.productsNeeded) this.prepack(w);
    // Else a reshaped view: its handle is that of the weights as they were.
    const fits = this.prepacked !== null && this.prepacked.shape[0] === w.shape[0];
    return fits ? this.lend(() => run(true)) : run(false);
  }

  private prepack(w: TensorInfo): void {
    const copy = this.backend.executeSingleOutput('QutlassPrepackInt8', [], [w]);
    if (copy.size === 0) {
      withoutPrepacking.add(this.backend);
      copy.dispose();
      return;
    }
    const handle = replaceData(this.backend, w, copy);
    this.prepacked = { dataId: w.dataId, shape: w.shape, dtype: w.dtype };
    Object.defineProperty(this.record(w), 'id', {
      get: () => (this.isLent ? handle : this.restored()),
      enumerable: true,
      configurable: true,
    });
  }

  /** Lets `run` find the handle of the prepacked weights. */
  private lend<T>(run: () => T): T {
    this.isLent = true;
    try {
      return run();
    } finally {
      this.isLent = false;
    }
  }

  /** The handle of the weights, prepacked no more. */
  private restored(): number {
    const prepacked = this.prepacked!;
    const record = this.record(prepacked);
    const [handle, weights] = this.lend(() => [
      record.id,
      this.backend.executeSingleOutput('QutlassUnprepackInt8', [], [prepacked]),
    ]);
    Object.defineProperty(record, 'id', { value: handle, writable: true });
    this.prepacked = null;
    this.products = 0;
    this.productsNeeded *= 2;
    return replaceData(this.backend, prepacked, weights);
  }

  private record({ dataId }: TensorInfo): TensorData {
    return this.backend.tensorMap.get(dataId);
  }
}

/** By tfjs's dataId. */
const known = new WeakMap<object, Int8Weights>();

/**
 * Runs a product with the int8 weights `w`.
 *
 * @param run makes the product; it is told whether the handle that the backend finds for `w` is that
 *     of prepacked weights.
 */
export function multiplyInt8Weights<T>(
  backend: TensorflowBackend,
  w: TensorInfo,
  run: (isPrepacked: boolean) => T,
): T {
  if (backend.isUsingGpuDevice || withoutPrepacking.has(backend)) return run(false);
  let weights = known.get(w.dataId);
  if (weights === undefined) {
    weights = new Int8Weights(backend);
    known.set(w.dataId, weights);
  }
  return weights.multiply(w, run);
}
