import type { TensorInfo } from '@tensorflow/tfjs-core';

import { MatmulInt4Bf16, MatmulInt4Bf16WithoutZeros } from '../kernel_names';
import type { MatmulInt4Bf16Attrs, MatmulInt4Bf16Inputs } from '../kernel_names';
import { cpuKernel, floatsOf, integersOf, rowsAndWidth, withWidth } from './backend';
import type { CpuKernelArgs } from './backend';
import { unpackDifferences } from './group_rows';
import { INT4_PER_WORD, groupCount, int4Words } from './layout';
import { int4Epilogue, roundToBf16 } from './numerics';

/** The rows of a product with grouped int4 weights; those of x are `rowLength` elements apart. */
export interface GroupedProductRows {
  x: Float32Array | Int8Array;
  rowLength: number;
  /** What one unit of each row of x is worth; 1 where absent. */
  scale?: Float32Array;
}

/** Σ x·(q - zero) over one group, in float64, in ascending order of k. */
function groupDot(
  x: Float32Array | Int8Array,
  xStart: number,
  differences: Int32Array,
  first: number,
  end: number,
): number {
  let sum = 0;
  for (let i = first; i < end; i++) sum += x[xStart + i] * differences[i];
  return sum;
}

/**
 * y `[m, n]` = bf16(act(rowScale · Σ_g scale_g · Σ_{k∈g} x_k·(q_k - zero_g) + bias)).
 *
 * Both sums are float64, groups and k ascending, and the whole is rounded to float32 once, before
 * bias and activation: JavaScript's own precision, and as near to the true value as a backend gets.
 */
export function groupedProduct(
  { inputs, attrs, backend }: CpuKernelArgs<MatmulInt4Bf16Inputs, MatmulInt4Bf16Attrs>,
  { x, rowLength, scale }: GroupedProductRows,
): TensorInfo {
  const { groupSize, activation } = attrs;
  const [m, k] = rowsAndWidth(inputs.x.shape);
  const n = inputs.w.shape[0];
  const scales = floatsOf(backend, inputs.scales);
  const bias = inputs.bias && floatsOf(backend, inputs.bias);
  const groups = groupCount(k, groupSize);
  const weights = {
    packed: integersOf(backend, inputs.w),
    words: int4Words(k),
    zeros: inputs.zeros && integersOf(backend, inputs.zeros),
    groups,
    groupSize,
  };

  const y = new Float32Array(m * n);
  const differences = new Int32Array(weights.words * INT4_PER_WORD);
  for (let column = 0; column < n; column++) {
    unpackDifferences(weights, column, differences);
    const columnBias = bias && bias[column];
    for (let row = 0; row < m; row++) {
      let sum = 0;
      for (let group = 0; group < groups; group++) {
        const first = group * groupSize;
        const end = Math.min(first + groupSize, k);
        const dot = groupDot(x, row * rowLength, differences, first, end);
        sum += scales[column * groups + group] * dot;
      }
      if (scale) sum *= scale[row];
      y[row * n + column] = int4Epilogue(sum, columnBias, activation);
    }
  }
  return backend.makeTensorInfo(withWidth(inputs.x.shape, n), 'float32', y);
}

/** Rows of x are rounded to bf16. */
function matmulInt4Bf16(
  args: CpuKernelArgs<MatmulInt4Bf16Inputs, MatmulInt4Bf16Attrs>,
): TensorInfo {
  const { x } = args.inputs;
  const rows = floatsOf(args.backend, x).map(roundToBf16);
  return groupedProduct(args, { x: rows, rowLength: x.shape[x.shape.length - 1] });
}

export const matmulInt4Bf16Configs = [MatmulInt4Bf16, MatmulInt4Bf16WithoutZeros].map((name) =>
  cpuKernel(name, matmulInt4Bf16),
);
