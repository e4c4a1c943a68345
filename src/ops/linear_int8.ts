import { op } from '@tensorflow/tfjs-core';
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';

import { LinearInt8, LinearInt8WithMatrix } from '../kernels/kernel_names';
import { LINEAR_OPTIONS, readLinearOperands } from './linear_operands';
import { BOOLEAN, readOptions } from './options';
import { assertExactInt8Sums } from './packed_operands';
import { readRowQuantizer } from './row_quantizer';
import { runKernel } from './run_kernel';
import { widthOf } from './shapes';
import type { LinearInt8Options } from './types';

// Made once: spreading objects is a good part of what a call costs.
const OPTIONS = { ...LINEAR_OPTIONS, symmetric: BOOLEAN };

/**
 * A dense layer with int8 weights: quantizes the rows of x as they come, multiplies, and adds bias
 * and activation. The same bits as `tf.qutlass.quantizeInt8` followed by `matmulInt8Bf16`, in one
 * step. With a rotation, w holds the rows of the weights turned by it: (x·R)·(W·R)ᵀ = x·Wᵀ.
 *
 * ```js
 * const {values, scale} = tf.qutlass.quantizeWeightInt8(tf.randomNormal([64, 16]));
 * const x = tf.randomNormal([2, 64]);
 * tf.qutlass.linearInt8(x, values, scale, {bias: tf.zeros([16]), activation: 'relu'}).print();
 * tf.grad((x) => tf.qutlass.linearInt8(x, values, scale))(x).print();
 * ```
 *
 * Differentiable in x and in the bias; w, wScale and the matrix of a rotation are frozen. The
 * quantization of x and the rounding of y to bf16 count as no change (straight-through): dx = dy' · W
 * with the real values W of the weights, turned back where there is a rotation, and dbias is the sum
 * of the rows of dy', where dy' is dy, 0 where the activation holds y at a bound.
 *
 * @param x float32 `[…, M, K]`
 * @param w packed int32 `[N, ceil(K/4)]`
 * @param wScale float32 `[N]` or a scalar
 * @param options `bias`: float32 `[N]`. `activation`: 'linear' (the default), 'relu' or 'relu6';
 *     apply others to the result. How rows of x are quantized: `symmetric`, defaults to true;
 *     `method`: 'abs_max' (the default) or 'quest', and `rotation`: {hadamard: block size} or {matrix:
 *     float32 `[n, n]`}, none by default, as for `tf.qutlass.quantizeInt8`.
 * @returns float32 `[…, M, N]` whose values are bf16 values.
 * @throws on other dtypes, shapes that do not match, weights packed with another K or format, a
 *     rotation that does not fit K, 'quest' where not symmetric, and K over 131071, or over 65793
 *     where not symmetric.
 *
 * @doc {heading: 'Operations', subheading: 'Matrices'}
 */
function linearInt8_<T extends Tensor>(
  x: Tensor | TensorLike,
  w: Tensor | TensorLike,
  wScale: Tensor | TensorLike,
  options?: LinearInt8Options,
): T {
  const name = 'linearInt8';
  const given = readOptions(name, options, OPTIONS);
  const { activation = 'linear', bias, symmetric = true } = given;
  const operands = readLinearOperands(name, 'int8', { x, w, wScale, bias });
  const k = widthOf(operands.x);
  assertExactInt8Sums(name, k, !symmetric);
  const { rotation, attrs } = readRowQuantizer(name, given, operands.x, symmetric);

  const { matrix } = rotation;
  const kernelName = matrix ? LinearInt8WithMatrix : LinearInt8;
  const allAttrs = { k, activation, symmetric, ...attrs };
  return runKernel<T>(name, kernelName, { matrix, ...operands }, allAttrs);
}

export const linearInt8 = /* @__PURE__ */ op({ linearInt8_ });
