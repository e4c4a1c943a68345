import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { FusedActivation, ScaleMethod } from '../../ops';
import type { LayerRotation } from './rotation';

/** How the weights of one layer are quantized; the defaults are filled in. */
export interface Quantization {
  format: FormatName;
  /** What the inputs are multiplied as. */
  activations: ActivationFormat;
  /** Elements along K that share a scale; int4 weights with bf16 or int8 activations only. */
  groupSize?: number;
  /**
   * int4: whether the range of every group is symmetric about 0, so that no zero points are kept.
   * int8 weights: whether the range of every row of the inputs is, which are quantized as they come; the
   * weights' ranges always are.
   */
  symmetric: boolean;
  /**
   * What the largest integer of a row stands for, of inputs and, where those have one scale an output,
   * of weights; 'abs_max' where absent.
   */
  method?: ScaleMethod;
  /** How inputs and weights are turned before they are quantized; not at all where absent. */
  rotation?: LayerRotation;
}

export type FormatName = 'int8' | 'int4';

/** int8 goes with int8 weights, all three with int4 ones. */
export type ActivationFormat = 'int8' | 'bf16' | 'int4';

/** What a product does to its sums before it rounds them. */
export interface Epilogue {
  bias?: Tensor;
  activation: FusedActivation;
}

/** Name, shape and dtype of one weight of a layer. */
export interface WeightSpec {
  name: string;
  shape: number[];
  dtype: 'int32' | 'float32';
}

/** A way to store the kernel `[K, N]` of a dense layer, and to multiply with it. */
export interface WeightFormat {
  /** What `groupSize` and `symmetric` are where they are not given. */
  readonly defaults: Pick<Quantization, 'groupSize' | 'symmetric'>;

  /** Why these settings make no sense, or null where they do. */
  invalid(quantization: Quantization): string | null;

  /** Why a kernel of `k` rows cannot have this format, or null where it can. */
  unsupported(k: number, quantization: Quantization): string | null;

  /** The weights that stand for the kernel, in the order of `pack` and `product`. */
  specs(k: number, n: number, quantization: Quantization): WeightSpec[];

  /** Quantizes a kernel `[K, N]`. */
  pack(kernel: Tensor2D, quantization: Quantization): Tensor[];

  /** x `[…, M, K]` times the kernel that `weights` stand for: float32 `[…, M, N]`, bf16 values. */
  product(x: Tensor, weights: Tensor[], quantization: Quantization, epilogue: Epilogue): Tensor;

  /** The rows of `k` elements that `weights` stand for, of the transposed kernel: float32 `[…, K]`. */
  dequantize(weights: Tensor[], k: number, quantization: Quantization): Tensor;
}
