/** The operands of a product of two packed matrices. */
import type { FusedActivation, MatmulInt4Int4Bf16Inputs } from '../kernel_names';
import { floatsOf, integersOf, rowsAndWidth } from './backend';
import type { CpuKernelArgs } from './backend';

/** The rows of `a` and `b` are `words` words long. */
export interface PackedProduct {
  a: Int32Array;
  b: Int32Array;
  /** One a row of `a`, or one for all. */
  sa: Float32Array;
  /** One a row of `b`, or one for all. */
  sb: Float32Array;
  bias: Float32Array | undefined;
  m: number;
  n: number;
  words: number;
  activation: FusedActivation;
}

/** Those that a kernel is given. */
export function packedProductOf({
  inputs,
  attrs,
  backend,
}: CpuKernelArgs<MatmulInt4Int4Bf16Inputs, { activation: FusedActivation }>): PackedProduct {
  const [m, words] = rowsAndWidth(inputs.a.shape);
  return {
    a: integersOf(backend, inputs.a),
    b: integersOf(backend, inputs.b),
    sa: floatsOf(backend, inputs.sa),
    sb: floatsOf(backend, inputs.sb),
    bias: inputs.bias && floatsOf(backend, inputs.bias),
    m,
    n: inputs.b.shape[0],
    words,
    activation: attrs.activation,
  };
}
