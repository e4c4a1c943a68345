import { op } from '@tensorflow/tfjs-core';
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';

import { MatmulInt8Bf16 } from '../kernels/kernel_names';
import { ACTIVATION, readOptions, TENSOR } from './options';
import { assertExactInt8Sums, readPackedOperands } from './packed_operands';
import { runKernel } from './run_kernel';
import { assertShape, leadingShape } from './shapes';
import { toOptionalTensor } from './tensor_arguments';
import type { MatmulInt8Bf16Options } from './types';

/**
 * The product of two int8 matrices, scaled back to real values:
 * y = bf16(act(f32(Σ_k (a - aZero) · b) · sa · sb + bias)).
 *
 * The sum is exact in int32. What follows is one float32 operation after another, in that order,
 * and one rounding to bf16, halves to even: every backend gives the same bits.
 *
 * ```js
 * const a = tf.qutlass.quantizeInt8(tf.randomNormal([2, 64]));
 * const b = tf.qutlass.quantizeWeightInt8(tf.randomNormal([64, 16]));
 * const y = tf.qutlass.matmulInt8Bf16(
 *     a.values, b.values, a.scale, b.scale, {activation: 'relu'});
 * y.print();  // [2, 16]
 * ```
 *
 * Differentiable in the bias alone: a and b are integers that know no small changes, and sa and sb
 * belong to them. `tf.qutlass.linearInt8` has a gradient for the float32 rows that a comes from.
 *
 * @param a packed int32 `[…, M, ceil(K/4)]`
 * @param b packed int32 `[N, ceil(K/4)]`: K comes last here too.
 * @param sa float32 `[…, M]` or a scalar: what one step of a row of `a` is worth.
 * @param sb float32 `[N]` or a scalar: what one step of a row of `b` is worth.
 * @param options `aZero`: int32 `[…, M]` in -128…127, the integer that stands for 0 in a row of `a`.
 *     `bias`: float32 `[N]`. `activation`: 'linear' (the default), 'relu' or 'relu6'; apply others
 *     to the result.
 * @returns float32 `[…, M, N]` whose values are bf16 values.
 * @throws on other dtypes, shapes that do not match, operands packed with different K or in another
 *     format, and K over 131071, or over 65793 with aZero.
 *
 * @doc {heading: 'Operations', subheading: 'Matrices'}
 */
function matmulInt8Bf16_<T extends Tensor>(
  a: Tensor | TensorLike,
  b: Tensor | TensorLike,
  sa: Tensor | TensorLike,
  sb: Tensor | TensorLike,
  options?: MatmulInt8Bf16Options,
): T {
  const name = 'matmulInt8Bf16';
  const {
    aZero,
    bias,
    activation = 'linear',
  } = readOptions(name, options, {
    aZero: TENSOR,
    bias: TENSOR,
    activation: ACTIVATION,
  });
  const { operands, k } = readPackedOperands(name, 'int8', { a, b, sa, sb, bias });
  const $aZero = toOptionalTensor(name, 'aZero', aZero, 'int32');
  assertExactInt8Sums(name, k, $aZero !== undefined);
  assertShape(name, 'aZero', $aZero, leadingShape(operands.a), 'one a row of a');
  return runKernel<T>(name, MatmulInt8Bf16, { aZero: $aZero, ...operands }, { activation });
}

export const matmulInt8Bf16 = /* @__PURE__ */ op({ matmulInt8Bf16_ });
