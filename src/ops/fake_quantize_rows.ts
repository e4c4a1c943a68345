import { cast, clone, customGrad, expandDims, mul, op, tidy } from '@tensorflow/tfjs-core';
import type { GradSaveFunc, Tensor, TensorLike } from '@tensorflow/tfjs-core';

import { dequantizeInt4 } from './dequantize_int4';
import { dequantizeInt8 } from './dequantize_int8';
import { readOptions, SCALE_METHOD, WEIGHT_BITS } from './options';
import { quantizeInt4 } from './quantize_int4';
import { quantizeInt8 } from './quantize_int8';
import { assertMinRank, widthOf } from './shapes';
import { toTensor } from './tensor_arguments';
import type { FakeQuantizeRowsOptions } from './types';

const NAME = 'fakeQuantizeRows';

/**
 * Rows of activations as their int4 or int8 form has them, in float32: exactly what
 * `tf.qutlass.quantizeInt4` (or `quantizeInt8`) and the dequantizing op give, for training with the
 * error of quantization in sight.
 *
 * The gradient is straight-through: rounding counts as no change, and is 0 where a value was clipped,
 * which only `method: 'quest'` does.
 *
 * ```js
 * const x = tf.randomNormal([2, 64]);
 * const rounded = tf.qutlass.fakeQuantizeRows(x, {bits: 4, method: 'quest'});
 * rounded.sub(x).abs().max().print();
 * tf.grad((x) => tf.qutlass.fakeQuantizeRows(x, {method: 'quest'}).sum())(x).print();
 * ```
 *
 * @param x float32 `[…, K]`
 * @param options `bits`: 4 (the default) or 8. `method`: 'abs_max' (the default) or 'quest', as for
 *     `tf.qutlass.quantizeInt4`.
 * @returns float32 `[…, K]`
 * @throws where x is not float32 or has no axes.
 *
 * @doc {heading: 'Operations', subheading: 'Quantization'}
 */
function fakeQuantizeRows_<T extends Tensor>(
  x: Tensor | TensorLike,
  options?: FakeQuantizeRowsOptions,
): T {
  const { bits = 4, method = 'abs_max' } = readOptions(NAME, options, {
    bits: WEIGHT_BITS,
    method: SCALE_METHOD,
  });
  const $x = toTensor(NAME, 'x', x, 'float32');
  assertMinRank(NAME, 'x', $x, 1, '[…, K]');
  return customGrad((x, save) => {
    // Saved is x, which is alive anyway, rather than a mask of its size.
    (save as GradSaveFunc)([x as Tensor]);
    return {
      value: throughIntegers(x as Tensor, bits, method),
      gradFunc: (dy: Tensor, [x]: Tensor[]) =>
        method === 'abs_max' ? clone(dy) : mul(dy, notClipped(x, bits, method)),
    };
  })($x) as T;
}

type Rounding = Required<FakeQuantizeRowsOptions>;

function throughIntegers(x: Tensor, bits: Rounding['bits'], method: Rounding['method']): Tensor {
  if (bits === 8) {
    const { values, scale } = quantizeInt8(x, { method });
    return dequantizeInt8(values, scale, widthOf(x));
  }
  const { values, scale } = quantizeInt4(x, { method });
  return dequantizeInt4(values, expandDims(scale, -1), null, widthOf(x));
}

/** 1 where a value was rounded to an integer that there is, else 0. */
function notClipped(x: Tensor, bits: Rounding['bits'], method: Rounding['method']): Tensor {
  const quantize = bits === 8 ? quantizeInt8 : quantizeInt4;
  return tidy(() => cast(quantize(x, { method, clipMask: true }).mask, 'float32'));
}

export const fakeQuantizeRows = /* @__PURE__ */ op({ fakeQuantizeRows_ });
