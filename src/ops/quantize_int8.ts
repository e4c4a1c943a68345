import { op, util } from '@tensorflow/tfjs-core';
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';

import { QuantizeInt8 } from '../kernels/kernel_names';
import { clipMask } from './clip_mask';
import { BOOLEAN, readOptions } from './options';
import { rememberPacking } from './packed';
import { readRowQuantizer, ROW_QUANTIZER } from './row_quantizer';
import { runKernel } from './run_kernel';
import { assertMinRank, widthOf } from './shapes';
import { toTensor } from './tensor_arguments';
import type { ClipMask, QuantizedInt8, QuantizeInt8Options } from './types';

/** The largest integer of a row that is symmetric. */
const STEPS = 127;

/**
 * Quantizes each row of activations to int8 over its own range: x ≈ (values - zero) · scale.
 *
 * Symmetric: inv = 127 / max|x|, values = round(x · inv) in -127…127, scale = max|x| / 127,
 * zero = 0. Asymmetric, for ranges that lie to one side: lo = min(0, min x), hi = max(0, max x),
 * inv = 255 / (hi - lo), zero = round(-128 - lo · inv), values = round(x · inv) + zero in -128…127,
 * scale = (hi - lo) / 255. Every step is one float32 operation and halves round to even, so all
 * backends give the same bits.
 *
 * A row of zeros has scale 1 (so does one so small that inv overflows); a row with NaN or ±Inf has
 * scale NaN, which makes all of that row's products NaN and touches no other.
 *
 * By the method 'quest', which is for symmetric ranges, 3.88494 times the root mean square of the row
 * has the place of max|x|, and what lies beyond is clipped: see `tf.qutlass.quantizeInt4`. With a
 * rotation it is the rows of `tf.qutlass.hadamard(x)`, or of `rotate(x, matrix)`, that are
 * quantized: the same bits, in one step.
 *
 * ```js
 * const {values, scale, zero} = tf.qutlass.quantizeInt8([[0.5, -1, 0.25]]);
 * tf.qutlass.unpackInt8(values, 3).print();  // [[64, -127, 32]]
 * scale.print();
 * tf.qutlass.dequantizeInt8(values, scale, 3, {zero}).print();
 * ```
 *
 * @param x float32 `[…, K]`
 * @param options `symmetric`: defaults to true. `method`: 'abs_max' (the default) or 'quest'.
 *     `rotation`: {hadamard: block size} or {matrix: float32 `[n, n]`}; none by default. `clipMask`:
 *     whether to return `mask` as well, where symmetric.
 * @returns `values`: packed int32 `[…, ceil(K/4)]`; `scale`: float32 `[…]`; `zero`: int32 `[…]`;
 *     `mask`, where asked for: bool `[…, K]`, true where the rotated value was not clipped, that is
 *     within 127.5 · scale.
 * @throws where x is not float32 or has no axes, where a rotation does not fit K, and on 'quest' or a
 *     mask where not symmetric.
 *
 * @doc {heading: 'Operations', subheading: 'Quantization'}
 */
function quantizeInt8_(
  x: Tensor | TensorLike,
  options: QuantizeInt8Options & { clipMask: true },
): QuantizedInt8 & ClipMask;
function quantizeInt8_(x: Tensor | TensorLike, options?: QuantizeInt8Options): QuantizedInt8;
function quantizeInt8_(
  x: Tensor | TensorLike,
  options?: QuantizeInt8Options,
): QuantizedInt8 & Partial<ClipMask> {
  const name = 'quantizeInt8';
  const given = readOptions(name, options, {
    symmetric: BOOLEAN,
    ...ROW_QUANTIZER,
    clipMask: BOOLEAN,
  });
  const { symmetric = true, clipMask: isMaskWanted = false } = given;
  const $x = toTensor(name, 'x', x, 'float32');
  assertMinRank(name, 'x', $x, 1, '[…, K]');
  const { rotation, attrs } = readRowQuantizer(name, given, $x, symmetric);
  util.assert(
    symmetric || !isMaskWanted,
    () => `${name}: clipMask is true, expected false where not symmetric: nothing is clipped`,
  );
  const inputs = { x: $x, matrix: rotation.matrix };
  const allAttrs = { symmetric, ...attrs };
  const [values, scale, zero] = runKernel<Tensor[]>(name, QuantizeInt8, inputs, allAttrs);
  rememberPacking(values, { format: 'int8', k: widthOf($x) });
  if (!isMaskWanted) return { values, scale, zero };
  return { values, scale, zero, mask: clipMask(name, $x, rotation, scale, STEPS) };
}

export const quantizeInt8 = /* @__PURE__ */ op({ quantizeInt8_ });
