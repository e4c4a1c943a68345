import { op } from '@tensorflow/tfjs-core';
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';

import { DequantizeInt4 } from '../kernels/kernel_names';
import { checkScales } from './int4_scales';
import { POSITIVE_INTEGER, readOptions } from './options';
import { assertPacked } from './packed';
import { runKernel } from './run_kernel';
import { assertK, assertMinRank } from './shapes';
import { toOptionalTensor, toTensor } from './tensor_arguments';
import type { DequantizeInt4Options } from './types';

/**
 * The real values that rows of int4 elements stand for: (values - zeros) · scales, group by group
 * along K, each product rounded to float32.
 *
 * ```js
 * const kernel = tf.randomNormal([64, 16]);
 * const {values, scales, zeros} = tf.qutlass.quantizeWeightInt4(kernel, {groupSize: 32});
 * const weights = tf.qutlass.dequantizeInt4(values, scales, zeros, 64);
 * weights.transpose().sub(kernel).abs().max().print();
 * ```
 *
 * @param values packed int32 `[…, ceil(K/8)]`
 * @param scales float32 `[…, G]`
 * @param zeros int32 `[…, G]` in 0…15, or null for 8.
 * @param K elements a row: the packed width only bounds it.
 * @param options `groupSize`: needed where K is not G equal groups of a multiple of 8 and values
 *     did not come from `tf.qutlass.quantizeWeightInt4`.
 * @returns float32 `[…, K]`
 * @throws on other dtypes, shapes that do not match, or values that were packed with another K or
 *     group size.
 *
 * @doc {heading: 'Operations', subheading: 'Quantization'}
 */
function dequantizeInt4_<T extends Tensor>(
  values: Tensor | TensorLike,
  scales: Tensor | TensorLike,
  zeros: Tensor | TensorLike | null,
  K: number,
  options?: DequantizeInt4Options,
): T {
  const name = 'dequantizeInt4';
  const given = readOptions(name, options, { groupSize: POSITIVE_INTEGER });
  assertK(name, K);
  const $values = toTensor(name, 'values', values, 'int32');
  const $scales = toTensor(name, 'scales', scales, 'float32');
  const $zeros = toOptionalTensor(name, 'zeros', zeros, 'int32');
  assertMinRank(name, 'values', $values, 1, '[…, ceil(K/8)]');
  assertPacked(name, 'values', $values, 'int4', K, `K=${K}`);
  const groupSize = checkScales(name, K, $values, $scales, $zeros, given.groupSize);
  const inputs = { values: $values, scales: $scales, zeros: $zeros };
  return runKernel<T>(name, DequantizeInt4, inputs, { k: K, groupSize });
}

export const dequantizeInt4 = /* @__PURE__ */ op({ dequantizeInt4_ });
