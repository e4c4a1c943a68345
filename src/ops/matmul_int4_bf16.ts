import { op } from '@tensorflow/tfjs-core';
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';

import { MatmulInt4Bf16, MatmulInt4Bf16WithoutZeros } from '../kernels/kernel_names';
import { readGroupedOperands } from './grouped_operands';
import { ACTIVATION, POSITIVE_INTEGER, readOptions, TENSOR } from './options';
import { runKernel } from './run_kernel';
import type { MatmulInt4Bf16Options } from './types';

/**
 * The product of activations, rounded to bf16, with int4 weights:
 * y = bf16(act(Σ_g scale_g · Σ_{k∈g} bf16(x_k) · (w_k - zero_g) + bias)).
 *
 * Sums are float32 or better, in an order that is fixed for a device, a shape and a build: the same
 * call gives the same bits every time. The result is within 1 bf16 ulp of the true value's rounding,
 * plus K · 2⁻²⁴ · Σ|terms|.
 *
 * ```js
 * const kernel = tf.randomNormal([64, 16]);
 * const {values, scales, zeros} = tf.qutlass.quantizeWeightInt4(kernel, {groupSize: 32});
 * const x = tf.randomNormal([2, 64]);
 * tf.qutlass.matmulInt4Bf16(x, values, scales, zeros, {bias: tf.ones([16])}).print();
 * tf.matMul(x, kernel).add(1).print();  // about the same
 * ```
 *
 * Differentiable in x and in the bias; w, scales and zeros are frozen. The rounding of x and y to bf16
 * counts as no change (straight-through): dx = dy' · W with the real values W of the weights, and
 * dbias is the sum of the rows of dy', where dy' is dy, 0 where the activation holds y at a bound.
 *
 * @param x float32 `[…, M, K]`
 * @param w packed int32 `[N, ceil(K/8)]`: K comes last here too.
 * @param scales float32 `[N, G]`
 * @param zeros int32 `[N, G]` in 0…15, or null for 8.
 * @param options `groupSize`: elements along K that share a scale; needed where K is not G equal
 *     groups of a multiple of 8 and w did not come from `tf.qutlass.quantizeWeightInt4`; the last
 *     group may be short. `bias`: float32 `[N]`. `activation`: 'linear' (the default), 'relu' or
 *     'relu6'; apply others to the result.
 * @returns float32 `[…, M, N]` whose values are bf16 values.
 * @throws on other dtypes, shapes that do not match, and weights packed with another K, group size
 *     or format.
 *
 * @doc {heading: 'Operations', subheading: 'Matrices'}
 */
function matmulInt4Bf16_<T extends Tensor>(
  x: Tensor | TensorLike,
  w: Tensor | TensorLike,
  scales: Tensor | TensorLike,
  zeros: Tensor | TensorLike | null = null,
  options?: MatmulInt4Bf16Options,
): T {
  const name = 'matmulInt4Bf16';
  const given = readOptions(name, options, {
    groupSize: POSITIVE_INTEGER,
    bias: TENSOR,
    activation: ACTIVATION,
  });
  const { activation = 'linear', bias } = given;
  const operands = { x, w, scales, zeros, bias };
  const { inputs, k, groupSize } = readGroupedOperands(name, operands, given.groupSize);
  const kernelName = inputs.zeros ? MatmulInt4Bf16 : MatmulInt4Bf16WithoutZeros;
  return runKernel<T>(name, kernelName, inputs, { k, groupSize, activation });
}

export const matmulInt4Bf16 = /* @__PURE__ */ op({ matmulInt4Bf16_ });
