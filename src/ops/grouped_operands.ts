/** The operands of a product with int4 weights in groups. */
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';

import { checkScales } from './int4_scales';
import { assertPacked } from './packed';
import { assertMinRank, assertRank, assertShape, leadingShape, widthOf } from './shapes';
import { toOptionalTensor, toTensor } from './tensor_arguments';

interface Arguments<T> {
  x: T;
  w: T;
  scales: T;
  zeros: T | null | undefined;
  bias: T | undefined;
}

/** As kernels take them. */
export interface GroupedOperands {
  inputs: { x: Tensor; w: Tensor; scales: Tensor; zeros?: Tensor; bias?: Tensor };
  k: number;
  groupSize: number;
}

/** Tensors of the right dtypes, whose shapes fit each other, K and the groups. */
export function readGroupedOperands(
  op: string,
  { x, w, scales, zeros, bias }: Arguments<Tensor | TensorLike>,
  requestedGroupSize: number | undefined,
): GroupedOperands {
  const inputs = {
    x: toTensor(op, 'x', x, 'float32'),
    w: toTensor(op, 'w', w, 'int32'),
    scales: toTensor(op, 'scales', scales, 'float32'),
    zeros: toOptionalTensor(op, 'zeros', zeros, 'int32'),
    bias: toOptionalTensor(op, 'bias', bias, 'float32'),
  };
  assertMinRank(op, 'x', inputs.x, 2, '[…, M, K]');
  assertRank(op, 'w', inputs.w, 2, '[N, ceil(K/8)]');
  const k = widthOf(inputs.x);
  assertPacked(op, 'w', inputs.w, 'int4', k, `K=${k}, as x has`);
  const groupSize = checkScales(op, k, inputs.w, inputs.scales, inputs.zeros, requestedGroupSize);
  assertShape(op, 'bias', inputs.bias, leadingShape(inputs.w), 'one a row of w');
  return { inputs, k, groupSize };
}
