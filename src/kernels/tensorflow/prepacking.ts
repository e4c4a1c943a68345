/**
 * Keeps quantized weights in the order in which this processor's kernels multiply them.
 *
 * After some products with the same weights, the records of their tensors in the backend get the
 * handles of prepacked copies (native ops), and the originals are let go of. Nobody else sees that:
 * whoever asks a record for its handle, to read the tensor, to run another op on it or to dispose of
 * it, finds the weights as they were, made again from the copies. Each time that happens, it takes
 * twice as many products until they are prepacked again, so that training, which reads frozen weights
 * at every step, does not pack them at every step.
 */
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';

import { executeCall, type NativeCall, type TensorData, type TensorflowBackend } from './backend';
import { replaceData } from './replace_data';
import { type SmallProducts, smallProductsOf } from './small_products';

/** The native ops of a kind of tensor: their names end so. */
export type PrepackedKind = 'Int8' | 'Int4' | 'Int4Scales';

/** A tensor of weights, the first of which stands for all that a product takes. */
export interface Prepackable {
  tensor: TensorInfo;
  kind: PrepackedKind;
}

/** The call of a product with weights as they are, or prepacked. */
type CallOf = (arePrepacked: boolean) => NativeCall;

/** A tensor that is prepacked. */
interface Prepacked extends Prepackable {
  /** Of the prepacked data. */
  handle: number;
}

/** Products with weights before they are prepacked first: packing takes as long as it saves in some. */
const FIRST_PRODUCTS = 4;

/** Those whose processor multiplies all weights best as they are. */
const withoutPrepacking = new WeakSet<TensorflowBackend>();

class Weights {
  private products = 0;
  private productsNeeded = FIRST_PRODUCTS;
  /** While they are prepacked. */
  private prepacked: Prepacked[] = [];
  private areLent = false;
  private smallProducts: SmallProducts | null = null;

  constructor(private readonly backend: TensorflowBackend) {}

  multiply(weights: Prepackable[], callOf: CallOf): TensorInfo {
    if (this.prepacked.length === 0 && ++this.products > this.productsNeeded) this.prepack(weights);
    if (!this.arePrepacked(weights)) return executeCall(this.backend, callOf(false));
    return this.lend(() => this.multiplyPrepacked(callOf(true)));
  }

  private multiplyPrepacked(call: NativeCall): TensorInfo {
    return this.smallProducts?.multiply(call) ?? executeCall(this.backend, call);
  }

  /** Else a view of another shape, or with other scales: those find the weights as they were. */
  private arePrepacked(weights: Prepackable[]): boolean {
    const { prepacked } = this;
    return (
      prepacked.length === weights.length &&
      weights.every(({ tensor: { dataId, shape } }, i) => {
        const { tensor } = prepacked[i];
        return dataId === tensor.dataId && shape.every((size, axis) => size === tensor.shape[axis]);
      })
    );
  }

  private prepack(weights: Prepackable[]): void {
    const copies = this.runOnEach('QutlassPrepack', weights);
    if (copies[0].size === 0) {
      withoutPrepacking.add(this.backend);
      copies.forEach((copy) => copy.dispose());
      return;
    }
    this.prepacked = weights.map(({ tensor: { dataId, shape, dtype }, kind }, i) => {
      const tensor = { dataId, shape, dtype };
      return { tensor, kind, handle: replaceData(this.backend, tensor, copies[i]) };
    });
    const dataIds = weights.map(({ tensor: { dataId } }) => dataId);
    this.smallProducts = smallProductsOf(this.backend, dataIds);
    for (const { tensor, handle } of this.prepacked) {
      Object.defineProperty(this.record(tensor), 'id', {
        get: () => (this.areLent ? handle : this.restored(tensor)),
        enumerable: true,
        configurable: true,
      });
    }
  }

  /** Lets `run` find the handles of the prepacked weights. */
  private lend<T>(run: () => T): T {
    this.areLent = true;
    try {
      return run();
    } finally {
      this.areLent = false;
    }
  }

  /** The handle of one of the weights, none of which is prepacked any more. */
  private restored(wanted: TensorInfo): number {
    const { prepacked } = this;
    const originals = this.lend(() => this.runOnEach('QutlassUnprepack', prepacked));
    this.smallProducts?.dispose();
    this.smallProducts = null;
    this.prepacked = [];
    this.products = 0;
    this.productsNeeded *= 2;
    prepacked.forEach(({ tensor, handle }, i) => {
      Object.defineProperty(this.record(tensor), 'id', { value: handle, writable: true });
      replaceData(this.backend, tensor, originals[i]);
    });
    return this.record(wanted).id;
  }

  /** What the ops of a name make of the weights; all of it, or nothing is left. */
  private runOnEach(name: string, weights: Prepackable[]): Tensor[] {
    const made: Tensor[] = [];
    try {
      for (const { tensor, kind } of weights) {
        made.push(this.backend.executeSingleOutput(name + kind, [], [tensor]));
      }
      return made;
    } catch (error) {
      made.forEach((tensor) => tensor.dispose());
      throw error;
    }
  }

  private record({ dataId }: TensorInfo): TensorData {
    return this.backend.tensorMap.get(dataId);
  }
}

/** By tfjs's dataId of the first of their tensors. */
const known = new WeakMap<object, Weights>();

/**
 * Runs a product with weights.
 *
 * @param weights all of its operands that are the same from product to product and may be prepacked.
 * @param callOf its native call. Made of prepacked weights, it finds their handles in the backend.
 */
export function multiplyWeights(
  backend: TensorflowBackend,
  weights: Prepackable[],
  callOf: CallOf,
): TensorInfo {
  if (backend.isUsingGpuDevice || withoutPrepacking.has(backend)) {
    return executeCall(backend, callOf(false));
  }
  const { dataId } = weights[0].tensor;
  let ofTensor = known.get(dataId);
  if (ofTensor === undefined) {
    ofTensor = new Weights(backend);
    known.set(dataId, ofTensor);
  }
  return ofTensor.multiply(weights, callOf);
}
