/** The operands of a dense layer whose rows are quantized as they come. */
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';

import { ACTIVATION, TENSOR } from './options';
import { assertPacked, type PackedFormat, packedLayout } from './packed';
import { ROW_QUANTIZER } from './row_quantizer';
import {
  assertMinRank,
  assertRank,
  assertShape,
  assertShapeOrScalar,
  leadingShape,
  widthOf,
} from './shapes';
import { toOptionalTensor, toTensor } from './tensor_arguments';

/** What the options of all such layers may be. */
export const LINEAR_OPTIONS = { bias: TENSOR, activation: ACTIVATION, ...ROW_QUANTIZER };

interface Arguments<T> {
  x: T;
  w: T;
  wScale: T;
  bias: T | undefined;
}

/** Tensors of the right dtypes, whose shapes fit each other and K. */
export function readLinearOperands(
  op: string,
  format: PackedFormat,
  { x, w, wScale, bias }: Arguments<Tensor | TensorLike>,
): Arguments<Tensor> {
  const operands = {
    x: toTensor(op, 'x', x, 'float32'),
    w: toTensor(op, 'w', w, 'int32'),
    wScale: toTensor(op, 'wScale', wScale, 'float32'),
    bias: toOptionalTensor(op, 'bias', bias, 'float32'),
  };
  assertMinRank(op, 'x', operands.x, 2, '[…, M, K]');
  assertRank(op, 'w', operands.w, 2, `[N, ${packedLayout(format)}]`);
  const k = widthOf(operands.x);
  assertPacked(op, 'w', operands.w, format, k, `K=${k}, as x has`);
  const outputs = leadingShape(operands.w);
  assertShapeOrScalar(op, 'wScale', operands.wScale, outputs, 'one a row of w');
  assertShape(op, 'bias', operands.bias, outputs, 'one a row of w');
  return operands;
}
