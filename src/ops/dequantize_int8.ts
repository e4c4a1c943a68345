import { op } from '@tensorflow/tfjs-core';
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';

import { DequantizeInt8 } from '../kernels/kernel_names';
import { readOptions, TENSOR } from './options';
import { assertPacked } from './packed';
import { runKernel } from './run_kernel';
import { assertK, assertMinRank, assertShape, leadingShape } from './shapes';
import { toOptionalTensor, toTensor } from './tensor_arguments';
import type { DequantizeInt8Options } from './types';

/**
 * The real values that rows of int8 elements stand for: (values - zero) · scale, each product
 * rounded to float32.
 *
 * ```js
 * const {values, scale, zero} = tf.qutlass.quantizeInt8([[0, 1, 2]], {symmetric: false});
 * tf.qutlass.dequantizeInt8(values, scale, 3, {zero}).print();  // [[0, 1, 2]]
 * ```
 *
 * @param values packed int32 `[…, ceil(K/4)]`
 * @param scale float32 `[…]`
 * @param K elements a row: the packed width only bounds it.
 * @param options `zero`: int32 `[…]`; 0 where absent.
 * @returns float32 `[…, K]`
 * @throws on other dtypes, shapes that do not match, or values that were packed with another K.
 *
 * @doc {heading: 'Operations', subheading: 'Quantization'}
 */
function dequantizeInt8_<T extends Tensor>(
  values: Tensor | TensorLike,
  scale: Tensor | TensorLike,
  K: number,
  options?: DequantizeInt8Options,
): T {
  const name = 'dequantizeInt8';
  const { zero } = readOptions(name, options, { zero: TENSOR });
  assertK(name, K);
  const $values = toTensor(name, 'values', values, 'int32');
  const $scale = toTensor(name, 'scale', scale, 'float32');
  const $zero = toOptionalTensor(name, 'zero', zero, 'int32');
  assertMinRank(name, 'values', $values, 1, '[…, ceil(K/4)]');
  assertPacked(name, 'values', $values, 'int8', K, `K=${K}`);
  assertShape(name, 'scale', $scale, leadingShape($values), 'one a row of values');
  assertShape(name, 'zero', $zero, leadingShape($values), 'one a row of values');
  const inputs = { values: $values, scale: $scale, zero: $zero };
  return runKernel<T>(name, DequantizeInt8, inputs, { k: K });
}

export const dequantizeInt8 = /* @__PURE__ */ op({ dequantizeInt8_ });
