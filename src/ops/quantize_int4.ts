import { op } from '@tensorflow/tfjs-core';
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';

import { QuantizeInt4 } from '../kernels/kernel_names';
import { clipMask } from './clip_mask';
import { normalGroupSize } from './group_size';
import { BOOLEAN, readOptions } from './options';
import { rememberPacking } from './packed';
import { readRowQuantizer, ROW_QUANTIZER } from './row_quantizer';
import { runKernel } from './run_kernel';
import { assertMinRank, widthOf } from './shapes';
import { toTensor } from './tensor_arguments';
import type { ClipMask, QuantizedInt4, QuantizeInt4Options } from './types';

/** The largest integer of a row. */
const STEPS = 7;

/**
 * Quantizes each row to int4, with one scale a row: x ≈ (values - 8) · scale, where values - 8 is in
 * -7…7. Activations and, as rows of kernelᵀ, weights for `tf.qutlass.matmulInt4Int4Bf16`.
 *
 * limit is what 7 stands for: the largest |x| of the row by the method 'abs_max'; 2.51393 times its
 * root mean square by 'quest', which loses less of rows that are about normally distributed, as
 * rotated ones are, and clips what lies beyond (docs/quantization.md has why). Then inv = 7 / limit,
 * values = round(x · inv) held within -7…7, with 8 added, and scale = limit / 7. The squares are
 * summed by adjacent pairs, pairs of those, and so on. Every step is one float32 operation and
 * halves round to even, so all backends give the same bits.
 *
 * A row of zeros has scale 1 (so does one so small that inv overflows); a row with NaN or ±Inf, or by
 * 'quest' one whose squares overflow, has scale NaN and the values 8, which makes all of that row's
 * products NaN and touches no other.
 *
 * With a rotation it is the rows of `tf.qutlass.hadamard(x)`, or of `rotate(x, matrix)`, that are
 * quantized: the same bits, in one step.
 *
 * ```js
 * const x = tf.randomNormal([2, 64]);
 * const {values, scale, mask} = tf.qutlass.quantizeInt4(
 *     x, {method: 'quest', rotation: {hadamard: 64}, clipMask: true});
 * mask.mean(-1).print();  // about 0.99 of the values were not clipped
 * const turned = tf.qutlass.dequantizeInt4(values, scale.expandDims(-1), null, 64);
 * tf.qutlass.hadamard(turned, {blockSize: 64}).sub(x).abs().max().print();
 * ```
 *
 * @param x float32 `[…, K]`
 * @param options `method`: 'abs_max' (the default) or 'quest'. `rotation`: {hadamard: block size} or
 *     {matrix: float32 `[n, n]`}; none by default. `clipMask`: whether to return `mask` as well.
 * @returns `values`: packed int32 `[…, ceil(K/8)]`, whose tail is 8; `scale`: float32 `[…]`; `mask`,
 *     where asked for: bool `[…, K]`, true where the rotated value was not clipped, that is within
 *     7.5 · scale.
 * @throws where x is not float32 or has no axes, and where a rotation does not fit K.
 *
 * @doc {heading: 'Operations', subheading: 'Quantization'}
 */
function quantizeInt4_(
  x: Tensor | TensorLike,
  options: QuantizeInt4Options & { clipMask: true },
): QuantizedInt4 & ClipMask;
function quantizeInt4_(x: Tensor | TensorLike, options?: QuantizeInt4Options): QuantizedInt4;
function quantizeInt4_(
  x: Tensor | TensorLike,
  options?: QuantizeInt4Options,
): QuantizedInt4 & Partial<ClipMask> {
  const name = 'quantizeInt4';
  const given = readOptions(name, options, { ...ROW_QUANTIZER, clipMask: BOOLEAN });
  const $x = toTensor(name, 'x', x, 'float32');
  assertMinRank(name, 'x', $x, 1, '[…, K]');
  const { rotation, attrs } = readRowQuantizer(name, given, $x);
  const inputs = { x: $x, matrix: rotation.matrix };
  const [values, scale] = runKernel<Tensor[]>(name, QuantizeInt4, inputs, attrs);
  const k = widthOf($x);
  rememberPacking(values, { format: 'int4', k, groupSize: normalGroupSize(k, k), signed: true });
  if (given.clipMask !== true) return { values, scale };
  return { values, scale, mask: clipMask(name, $x, rotation, scale, STEPS) };
}

export const quantizeInt4 = /* @__PURE__ */ op({ quantizeInt4_ });
