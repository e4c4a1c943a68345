/** What the ops take as options and return. Results are plain tensors in plain objects. */
import type { Tensor, Tensor1D, Tensor2D, TensorLike } from '@tensorflow/tfjs-core';

import type { FusedActivation, ScaleMethod } from '../kernels/kernel_names';

export type { FusedActivation, ScaleMethod } from '../kernels/kernel_names';

/** Options of `hadamard`. */
export interface HadamardOptions {
  /** Elements that are turned together: 16, 32, 64, 128, 256, 512 or 1024, a divisor of K. */
  blockSize: number;
}

/** How rows are turned before they are quantized: as `hadamard` or as `rotate` does it. */
export type Rotation =
  | {
      /** The block size of `hadamard`. */
      hadamard: number;
      matrix?: null;
    }
  | {
      hadamard?: null;
      /** float32 `[n, n]`, the matrix of `rotate`. */
      matrix: Tensor | TensorLike;
    };

/** How rows become integers. */
export interface RowQuantizerOptions {
  /**
   * What the largest integer of a row stands for: 'abs_max', the row's largest |value|, or 'quest',
   * a multiple of its root mean square. Defaults to 'abs_max'.
   */
  method?: ScaleMethod;
  /** Turns the rows first; none where absent. */
  rotation?: Rotation | null;
}

/** Options of `packInt4` and `unpackInt4`. */
export interface PackInt4Options {
  /** Whether values are -8…7 instead of 0…15. Defaults to false. */
  signed?: boolean;
}

/** Options of `quantizeInt4`. */
export interface QuantizeInt4Options extends RowQuantizerOptions {
  /** Whether to return which values were not clipped as well. Defaults to false. */
  clipMask?: boolean;
}

/** Options of `quantizeInt8`. */
export interface QuantizeInt8Options extends RowQuantizerOptions {
  /** Whether a row's range is symmetric about 0, with no zero point. Defaults to true. */
  symmetric?: boolean;
  /** Whether to return which values were not clipped as well; symmetric only. Defaults to false. */
  clipMask?: boolean;
}

/** Options of `quantizeWeightInt4`. */
export interface QuantizeWeightInt4Options {
  /** Elements along K that share a scale: a multiple of 8, or K or more for one group. Defaults to 128. */
  groupSize?: number;
  /** Whether a group's range is symmetric about 0, with zero point 8. Defaults to false. */
  symmetric?: boolean;
}

/** Options of `fakeQuantize`. */
export interface FakeQuantizeOptions extends QuantizeWeightInt4Options {
  /** 4 or 8 bits a weight, as `quantizeWeightInt4` or `quantizeWeightInt8` has them. Defaults to 4. */
  bits?: 4 | 8;
  /** The part of the range of a group that is kept, over 0 and at most 1. Defaults to 1. */
  clipRatio?: number;
}

/** Options of `fakeQuantizeRows`. */
export interface FakeQuantizeRowsOptions extends Pick<RowQuantizerOptions, 'method'> {
  /** 4 or 8 bits a value, as `quantizeInt4` or `quantizeInt8` has them. Defaults to 4. */
  bits?: 4 | 8;
}

/** Options of `dequantizeInt8`. */
export interface DequantizeInt8Options {
  /** The zero point of each row, int32 `[…]`; 0 where absent. */
  zero?: Tensor | TensorLike | null;
}

/** Options of `dequantizeInt4`. */
export interface DequantizeInt4Options {
  /** Elements along K that share a scale, where K does not divide evenly into groups. */
  groupSize?: number;
}

/** What a matrix product can end with. */
export interface MatmulEpilogueOptions {
  /** float32 `[N]`, added to every row. */
  bias?: Tensor | TensorLike | null;
  /** Defaults to 'linear'. */
  activation?: FusedActivation;
}

/** Options of `matmulInt8Bf16`. */
export interface MatmulInt8Bf16Options extends MatmulEpilogueOptions {
  /** The zero point of each row of `a`, int32 `[…, M]` in -128…127; 0 where absent. */
  aZero?: Tensor | TensorLike | null;
}

/** Options of `matmulInt4Bf16`. */
export interface MatmulInt4Bf16Options extends MatmulEpilogueOptions {
  /** Elements along K that share a scale, where K does not divide evenly into groups. */
  groupSize?: number;
}

/** Options of `linearInt4`. */
export interface LinearInt4Options extends MatmulEpilogueOptions, RowQuantizerOptions {}

/** Options of `linearInt8Int4`. */
export interface LinearInt8Int4Options extends MatmulInt4Bf16Options, RowQuantizerOptions {}

/** Options of `linearInt8`. */
export interface LinearInt8Options extends MatmulEpilogueOptions, RowQuantizerOptions {
  /** How the rows of x are quantized: see `quantizeInt8`. Defaults to true. */
  symmetric?: boolean;
}

// Type aliases, not interfaces: only those are TensorContainers, which tf.tidy returns.

/** Rows of int4 values in -7…7, stored with 8 added: x ≈ (values - 8) · scale. */
export type QuantizedInt4 = {
  /** Packed, int32 `[…, ceil(K/8)]`. */
  values: Tensor;
  /** float32 `[…]` */
  scale: Tensor;
};

/** Which values of x were not clipped. */
export type ClipMask = {
  /** bool `[…, K]`, of the rotated x where there is a rotation. */
  mask: Tensor;
};

/** Rows of int8 values: x ≈ (values - zero) · scale. */
export type QuantizedInt8 = {
  /** Packed, int32 `[…, ceil(K/4)]`. */
  values: Tensor;
  /** float32 `[…]` */
  scale: Tensor;
  /** int32 `[…]` */
  zero: Tensor;
};

/** Int8 weights: kernelᵀ ≈ values · scale. */
export type QuantizedWeightInt8 = {
  /** Packed, int32 `[N, ceil(K/4)]`. */
  values: Tensor2D;
  /** float32 `[N]` */
  scale: Tensor1D;
};

/** Int4 weights with G groups along K: kernelᵀ ≈ (values - zeros) · scales. */
export type QuantizedWeightInt4 = {
  /** Packed, int32 `[N, ceil(K/8)]`. */
  values: Tensor2D;
  /** float32 `[N, G]` */
  scales: Tensor2D;
  /** int32 `[N, G]` in 0…15 */
  zeros: Tensor2D;
};
