import { op } from '@tensorflow/tfjs-core';
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';

import { LinearInt8Int4, LinearInt8Int4WithoutZeros } from '../kernels/kernel_names';
import { readGroupedOperands } from './grouped_operands';
import { LINEAR_OPTIONS } from './linear_operands';
import { POSITIVE_INTEGER, readOptions } from './options';
import { assertExactInt8Int4Sums } from './packed_operands';
import { rotated } from './rotation';
import { readRowQuantizer } from './row_quantizer';
import { runKernel } from './run_kernel';
import type { LinearInt8Int4Options } from './types';

const OPTIONS = { groupSize: POSITIVE_INTEGER, ...LINEAR_OPTIONS };

/**
 * A dense layer with int4 weights and int8 activations: quantizes the rows of x as they come, as
 * `tf.qutlass.quantizeInt8` does, and multiplies their integers x_q with those of w:
 * y = bf16(act(s · Σ_g scale_g · Σ_{k∈g} x_q,k · (w_k - zero_g) + bias)), s the scale of the row of x.
 *
 * The sums of groups are exact in int32. What follows is float32 or better, in an order that is fixed
 * for a device, a shape and a build: the same call gives the same bits every time. The result is
 * within 1 bf16 ulp of the true value's rounding, plus (K + 2) · 2⁻²⁴ · Σ|terms|.
 *
 * With a rotation, w holds the rows of the weights turned by it: (x·R)·(W·R)ᵀ = x·Wᵀ.
 *
 * ```js
 * const kernel = tf.randomNormal([64, 16]);
 * const {values, scales, zeros} = tf.qutlass.quantizeWeightInt4(kernel, {groupSize: 32});
 * const x = tf.randomNormal([2, 64]);
 * tf.qutlass.linearInt8Int4(x, values, scales, zeros, {activation: 'relu'}).print();
 * tf.matMul(x, kernel).relu().print();  // about the same
 * tf.grad((x) => tf.qutlass.linearInt8Int4(x, values, scales, zeros))(x).print();
 * ```
 *
 * Differentiable in x, in the bias, and in the matrix of a rotation as `tf.qutlass.rotate` is; w, scales
 * and zeros are frozen. The quantization of x, its clipping too, and the rounding of y to bf16 count as
 * no change (straight-through): dx = dy' · W with the real values W of the weights, turned back where
 * there is a rotation, and dbias is the sum of the rows of dy', where dy' is dy, 0 where the activation
 * holds y at a bound.
 *
 * @param x float32 `[…, M, K]`
 * @param w packed int32 `[N, ceil(K/8)]`: K comes last here too.
 * @param scales float32 `[N, G]`
 * @param zeros int32 `[N, G]` in 0…15, or null for 8.
 * @param options `groupSize`: elements along K that share a scale; needed where K is not G equal
 *     groups of a multiple of 8 and w did not come from `tf.qutlass.quantizeWeightInt4`; the last
 *     group may be short. `bias`: float32 `[N]`. `activation`: 'linear' (the default), 'relu' or
 *     'relu6'; apply others to the result. How rows of x are quantized, as for
 *     `tf.qutlass.quantizeInt8`: `method`: 'abs_max' (the default) or 'quest', and `rotation`:
 *     {hadamard: block size} or {matrix: float32 `[n, n]`}, none by default.
 * @returns float32 `[…, M, N]` whose values are bf16 values. A row of x with NaN or ±Inf gives a row
 *     of NaN, and touches no other.
 * @throws on other dtypes, shapes that do not match, weights packed with another K, group size or
 *     format, a rotation that does not fit K, and groups of more than 1127288.
 *
 * @doc {heading: 'Operations', subheading: 'Matrices'}
 */
function linearInt8Int4_<T extends Tensor>(
  x: Tensor | TensorLike,
  w: Tensor | TensorLike,
  scales: Tensor | TensorLike,
  zeros: Tensor | TensorLike | null = null,
  options?: LinearInt8Int4Options,
): T {
  const name = 'linearInt8Int4';
  const given = readOptions(name, options, OPTIONS);
  const { activation = 'linear', bias } = given;
  const operands = { x, w, scales, zeros, bias };
  const { inputs, k, groupSize } = readGroupedOperands(name, operands, given.groupSize);
  assertExactInt8Int4Sums(name, groupSize);
  const { rotation, attrs } = readRowQuantizer(name, given, inputs.x);

  // No kernel takes a matrix: turned before, rows give the same bits.
  if (rotation.matrix) inputs.x = rotated(name, inputs.x, rotation);
  const kernelName = inputs.zeros ? LinearInt8Int4 : LinearInt8Int4WithoutZeros;
  return runKernel<T>(name, kernelName, inputs, { k, groupSize, activation, ...attrs });
}

export const linearInt8Int4 = /* @__PURE__ */ op({ linearInt8Int4_ });
