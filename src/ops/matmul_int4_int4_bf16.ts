import { op } from '@tensorflow/tfjs-core';
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';

import { MatmulInt4Int4Bf16 } from '../kernels/kernel_names';
import { ACTIVATION, readOptions, TENSOR } from './options';
import { assertSigned } from './packed';
import { assertExactInt4Sums, readPackedOperands } from './packed_operands';
import { runKernel } from './run_kernel';
import type { MatmulEpilogueOptions } from './types';

/**
 * The product of two int4 matrices, scaled back to real values:
 * y = bf16(act(f32(Σ_k (a - 8) · (b - 8)) · sa · sb + bias)).
 *
 * The sum is exact in int32. What follows is one float32 operation after another, in that order,
 * and one rounding to bf16, halves to even: every backend gives the same bits.
 *
 * ```js
 * const a = tf.qutlass.quantizeInt4(tf.randomNormal([2, 64]));
 * const kernel = tf.randomNormal([64, 16]);
 * const b = tf.qutlass.quantizeInt4(kernel.transpose());
 * tf.qutlass.matmulInt4Int4Bf16(a.values, b.values, a.scale, b.scale).print();  // [2, 16]
 * ```
 *
 * Differentiable in the bias alone: a and b are integers that know no small changes, and sa and sb
 * belong to them. `tf.qutlass.linearInt4` has a gradient for the float32 rows that a comes from.
 *
 * @param a packed int32 `[…, M, ceil(K/8)]` of -8…7 stored with 8 added. The tail of a row is 8 in a or
 *     in b, as all that packs signed int4 leaves it.
 * @param b packed int32 `[N, ceil(K/8)]` of the same kind: K comes last here too.
 * @param sa float32 `[…, M]` or a scalar: what one step of a row of `a` is worth.
 * @param sb float32 `[N]` or a scalar: what one step of a row of `b` is worth.
 * @param options `bias`: float32 `[N]`. `activation`: 'linear' (the default), 'relu' or 'relu6'; apply
 *     others to the result.
 * @returns float32 `[…, M, N]` whose values are bf16 values.
 * @throws on other dtypes, shapes that do not match, operands packed with different K, in another
 *     format, as unsigned or in several groups a row, and K over 131064.
 *
 * @doc {heading: 'Operations', subheading: 'Matrices'}
 */
function matmulInt4Int4Bf16_<T extends Tensor>(
  a: Tensor | TensorLike,
  b: Tensor | TensorLike,
  sa: Tensor | TensorLike,
  sb: Tensor | TensorLike,
  options?: MatmulEpilogueOptions,
): T {
  const name = 'matmulInt4Int4Bf16';
  const { bias, activation = 'linear' } = readOptions(name, options, {
    bias: TENSOR,
    activation: ACTIVATION,
  });
  const { operands, k } = readPackedOperands(name, 'int4', { a, b, sa, sb, bias });
  assertExactInt4Sums(name, k);
  assertSigned(name, 'a', operands.a);
  assertSigned(name, 'b', operands.b);
  return runKernel<T>(name, MatmulInt4Int4Bf16, { ...operands }, { activation });
}

export const matmulInt4Int4Bf16 = /* @__PURE__ */ op({ matmulInt4Int4Bf16_ });
