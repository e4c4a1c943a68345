import { op } from '@tensorflow/tfjs-core';
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';

import { LinearInt4, LinearInt4WithMatrix } from '../kernels/kernel_names';
import { LINEAR_OPTIONS, readLinearOperands } from './linear_operands';
import { readOptions } from './options';
import { assertSigned } from './packed';
import { assertExactInt4Sums } from './packed_operands';
import { readRowQuantizer } from './row_quantizer';
import { runKernel } from './run_kernel';
import { widthOf } from './shapes';
import type { LinearInt4Options } from './types';

/**
 * A dense layer with int4 weights and int4 activations: quantizes the rows of x as they come,
 * multiplies, and adds bias and activation. The same bits as `tf.qutlass.quantizeInt4` followed by
 * `matmulInt4Int4Bf16`, in one step.
 *
 * Four bits are few for activations, whose rows have outliers. A rotation spreads those; w then holds
 * the rows of the weights turned by it as well: (x·R)·(W·R)ᵀ = x·Wᵀ.
 *
 * ```js
 * const kernel = tf.randomNormal([64, 16]);
 * const [x, rotation] = [tf.randomNormal([2, 64]), {hadamard: 64}];
 * const w = tf.qutlass.quantizeInt4(kernel.transpose(), {rotation});
 * tf.qutlass.linearInt4(x, w.values, w.scale, {rotation, method: 'quest'}).print();
 * tf.matMul(x, kernel).print();  // about the same
 * tf.grad((x) => tf.qutlass.linearInt4(x, w.values, w.scale, {rotation}))(x).print();
 * ```
 *
 * Differentiable in x and in the bias; w, wScale and the matrix of a rotation are frozen. The
 * quantization of x, its clipping too, and the rounding of y to bf16 count as no change
 * (straight-through): dx = dy' · W with the real values W of the weights, turned back where there is
 * a rotation, and dbias is the sum of the rows of dy', where dy' is dy, 0 where the activation holds y
 * at a bound.
 *
 * @param x float32 `[…, M, K]`
 * @param w packed int32 `[N, ceil(K/8)]` of -8…7 stored with 8 added, the tail of a row too.
 * @param wScale float32 `[N]` or a scalar
 * @param options `bias`: float32 `[N]`. `activation`: 'linear' (the default), 'relu' or 'relu6';
 *     apply others to the result. How rows of x are quantized, as for `tf.qutlass.quantizeInt4`:
 *     `method`: 'abs_max' (the default) or 'quest', and `rotation`: {hadamard: block size} or {matrix:
 *     float32 `[n, n]`}, none by default.
 * @returns float32 `[…, M, N]` whose values are bf16 values.
 * @throws on other dtypes, shapes that do not match, weights packed with another K, in another format,
 *     as unsigned or in several groups a row, a rotation that does not fit K, and K over 131064.
 *
 * @doc {heading: 'Operations', subheading: 'Matrices'}
 */
function linearInt4_<T extends Tensor>(
  x: Tensor | TensorLike,
  w: Tensor | TensorLike,
  wScale: Tensor | TensorLike,
  options?: LinearInt4Options,
): T {
  const name = 'linearInt4';
  const given = readOptions(name, options, LINEAR_OPTIONS);
  const { activation = 'linear', bias } = given;
  const operands = readLinearOperands(name, 'int4', { x, w, wScale, bias });
  assertSigned(name, 'w', operands.w);
  const k = widthOf(operands.x);
  assertExactInt4Sums(name, k);
  const { rotation, attrs } = readRowQuantizer(name, given, operands.x);

  const { matrix } = rotation;
  const kernelName = matrix ? LinearInt4WithMatrix : LinearInt4;
  return runKernel<T>(name, kernelName, { matrix, ...operands }, { k, activation, ...attrs });
}

export const linearInt4 = /* @__PURE__ */ op({ linearInt4_ });
