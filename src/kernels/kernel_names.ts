/**
 * The kernels' names, inputs and attributes: what an op in `ops/` hands to whichever backend is
 * active. Every backend's folder beside this file implements the same list, and the native ops
 * carry the same names.
 *
 * Shapes and dtypes are those of the op of the same name; inputs marked optional are left out of
 * the map altogether, never passed as null.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';

/** The activations a matrix product can end with; others are applied to its result. */
export type FusedActivation = 'linear' | 'relu' | 'relu6';

export const PackInt4 = 'QutlassPackInt4';
export type PackInt4Inputs = { x: TensorInfo };
export type PackInt4Attrs = { signed: boolean };

export const UnpackInt4 = 'QutlassUnpackInt4';
export type UnpackInt4Inputs = { packed: TensorInfo };
export type UnpackInt4Attrs = { k: number; signed: boolean };

export const PackInt8 = 'QutlassPackInt8';
export type PackInt8Inputs = { x: TensorInfo };

export const UnpackInt8 = 'QutlassUnpackInt8';
export type UnpackInt8Inputs = { packed: TensorInfo };
export type UnpackInt8Attrs = { k: number };

export const Hadamard = 'QutlassHadamard';
export type HadamardInputs = { x: TensorInfo };
export type HadamardAttrs = { blockSize: number };

export const Rotate = 'QutlassRotate';
export type RotateInputs = { x: TensorInfo; matrix: TensorInfo };

/** What the largest integer of a row stands for; see `quantizeInt4`. */
export type ScaleMethod = 'abs_max' | 'quest';

/** How rows are turned before they are quantized: by this matrix, or by the attribute below. */
export type RotationInputs = { matrix?: TensorInfo };
/** `hadamard`: the block size, 0 for none. */
export type RowQuantizerAttrs = { method: ScaleMethod; hadamard: number };

/** Outputs: `[values, scale, zero]`. */
export const QuantizeInt8 = 'QutlassQuantizeInt8';
export type QuantizeInt8Inputs = { x: TensorInfo } & RotationInputs;
export type QuantizeInt8Attrs = { symmetric: boolean } & RowQuantizerAttrs;

/** Outputs: `[values, scale]`. */
export const QuantizeInt4 = 'QutlassQuantizeInt4';
export type QuantizeInt4Inputs = { x: TensorInfo } & RotationInputs;
export type QuantizeInt4Attrs = RowQuantizerAttrs;

/** Outputs: `[values, scale]`. */
export const QuantizeWeightInt8 = 'QutlassQuantizeWeightInt8';
export type QuantizeWeightInt8Inputs = { kernel: TensorInfo };

/** Outputs: `[values, scales, zeros]`. */
export const QuantizeWeightInt4 = 'QutlassQuantizeWeightInt4';
export type QuantizeWeightInt4Inputs = { kernel: TensorInfo };
export type QuantizeWeightInt4Attrs = { groupSize: number; symmetric: boolean };

/** Rows of a matrix: a slice of packed words, which tfjs itself would make on the host. */
export type RowRange = { firstRow: number; rowCount: number };

export const DequantizeInt8 = 'QutlassDequantizeInt8';
export type DequantizeInt8Inputs = { values: TensorInfo; scale: TensorInfo; zero?: TensorInfo };
/** All rows, or those of the range, of values `[N, words]`. */
export type DequantizeInt8Attrs = { k: number } & Partial<RowRange>;

export const DequantizeInt4 = 'QutlassDequantizeInt4';
export type DequantizeInt4Inputs = { values: TensorInfo; scales: TensorInfo; zeros?: TensorInfo };
/** All rows, or those of the range, of values `[N, words]`. */
export type DequantizeInt4Attrs = { k: number; groupSize: number } & Partial<RowRange>;

export const MatmulInt8Bf16 = 'QutlassMatmulInt8Bf16';
export type MatmulInt8Bf16Inputs = {
  a: TensorInfo;
  b: TensorInfo;
  sa: TensorInfo;
  sb: TensorInfo;
  aZero?: TensorInfo;
  bias?: TensorInfo;
};
export type MatmulInt8Bf16Attrs = { activation: FusedActivation };

export const MatmulInt4Bf16 = 'QutlassMatmulInt4Bf16';
/**
 * What runs where there are no zeros: the same kernel, by another name. tfjs saves the same list of
 * inputs for every gradient of a kernel, and fails where one of them is absent.
 */
export const MatmulInt4Bf16WithoutZeros = 'QutlassMatmulInt4Bf16WithoutZeros';
export type MatmulInt4Bf16Inputs = {
  x: TensorInfo;
  w: TensorInfo;
  scales: TensorInfo;
  zeros?: TensorInfo;
  bias?: TensorInfo;
};
/** `k` is for the gradient, which keeps no x to see it. */
export type MatmulInt4Bf16Attrs = { k: number; groupSize: number; activation: FusedActivation };

export const LinearInt8Int4 = 'QutlassLinearInt8Int4';
/** What runs where there are no zeros: see `MatmulInt4Bf16WithoutZeros`. */
export const LinearInt8Int4WithoutZeros = 'QutlassLinearInt8Int4WithoutZeros';
export type LinearInt8Int4Inputs = MatmulInt4Bf16Inputs;
export type LinearInt8Int4Attrs = MatmulInt4Bf16Attrs & RowQuantizerAttrs;

export const LinearInt8 = 'QutlassLinearInt8';
/** What runs where there is a matrix: see `MatmulInt4Bf16WithoutZeros`. */
export const LinearInt8WithMatrix = 'QutlassLinearInt8WithMatrix';
export type LinearInt8Inputs = {
  x: TensorInfo;
  w: TensorInfo;
  wScale: TensorInfo;
  bias?: TensorInfo;
} & RotationInputs;
/** `k` is for the gradient, which keeps no x to see it. */
export type LinearInt8Attrs = {
  k: number;
  activation: FusedActivation;
  symmetric: boolean;
} & RowQuantizerAttrs;

export const MatmulInt4Int4Bf16 = 'QutlassMatmulInt4Int4Bf16';
export type MatmulInt4Int4Bf16Inputs = {
  a: TensorInfo;
  b: TensorInfo;
  sa: TensorInfo;
  sb: TensorInfo;
  bias?: TensorInfo;
};
export type MatmulInt4Int4Bf16Attrs = { activation: FusedActivation };

export const LinearInt4 = 'QutlassLinearInt4';
/** What runs where there is a matrix: see `MatmulInt4Bf16WithoutZeros`. */
export const LinearInt4WithMatrix = 'QutlassLinearInt4WithMatrix';
export type LinearInt4Inputs = {
  x: TensorInfo;
  w: TensorInfo;
  wScale: TensorInfo;
  bias?: TensorInfo;
} & RotationInputs;
/** `k` is for the gradient, which keeps no x to see it. */
export type LinearInt4Attrs = { k: number; activation: FusedActivation } & RowQuantizerAttrs;
