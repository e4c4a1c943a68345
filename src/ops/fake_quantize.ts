import {
  cast,
  clone,
  customGrad,
  equal,
  mul,
  op,
  tidy,
  transpose,
  util,
} from '@tensorflow/tfjs-core';
import type { GradSaveFunc, Tensor, Tensor2D, TensorLike } from '@tensorflow/tfjs-core';

import { clipGroups, type ClippedRange } from './clip_groups';
import { dequantizeInt4 } from './dequantize_int4';
import { dequantizeInt8 } from './dequantize_int8';
import { assertGroupSize, normalGroupSize } from './group_size';
import { BOOLEAN, POSITIVE_INTEGER, RATIO, readOptions, WEIGHT_BITS } from './options';
import { quantizeWeightInt4 } from './quantize_weight_int4';
import { quantizeWeightInt8 } from './quantize_weight_int8';
import { assertRank } from './shapes';
import { toTensor } from './tensor_arguments';
import type { FakeQuantizeOptions } from './types';

const NAME = 'fakeQuantize';
const DEFAULT_GROUP_SIZE = 128;

/**
 * The kernel of a dense layer as its int4 or int8 form has it, in float32: exactly what
 * `tf.qutlass.quantizeWeightInt4` (or `quantizeWeightInt8`) and the dequantizing op give, for
 * training with the error of quantization in sight.
 *
 * The gradient is straight-through: rounding counts as no change. With a `clipRatio` below 1 the
 * range of every group (int8: of every output channel) shrinks to that part of its own, the weights
 * beyond are held at its ends, and their gradient is 0.
 *
 * ```js
 * const kernel = tf.randomNormal([64, 16]);
 * const rounded = tf.qutlass.fakeQuantize(kernel, {bits: 4, groupSize: 32});
 * rounded.sub(kernel).abs().max().print();
 * tf.grad((kernel) => tf.qutlass.fakeQuantize(kernel).square().sum())(kernel).print();
 * ```
 *
 * @param kernel float32 `[K, N]`, as tf.layers.dense has it.
 * @param options `bits`: 4 (the default) or 8. `groupSize` and `symmetric`: of 4 bits, as for
 *     `tf.qutlass.quantizeWeightInt4`; int8 weights have neither. `clipRatio`: over 0, at most 1,
 *     which is the default.
 * @returns float32 `[K, N]`
 * @throws where kernel is not float32 or has not two axes, or an option does not fit the bits.
 *
 * @doc {heading: 'Operations', subheading: 'Quantization'}
 */
function fakeQuantize_(kernel: Tensor | TensorLike, options?: FakeQuantizeOptions): Tensor2D {
  const { $kernel, bits, range } = checkArguments(kernel, options);
  const rounded = (x: Tensor2D) => (bits === 4 ? throughInt4(x, range) : throughInt8(x));
  return range.clipRatio === 1
    ? roundStraightThrough($kernel, rounded)
    : clipAndRound($kernel, range, rounded);
}

/** The kernel that `fakeQuantize` rounds: held within its ranges. */
export function clippedKernel(kernel: Tensor2D, options: FakeQuantizeOptions): Tensor2D {
  const { $kernel, range } = checkArguments(kernel, options);
  return clipGroups($kernel, range);
}

function checkArguments(kernel: Tensor | TensorLike, options?: FakeQuantizeOptions) {
  const {
    bits = 4,
    clipRatio = 1,
    groupSize,
    symmetric,
  } = readOptions(NAME, options, {
    bits: WEIGHT_BITS,
    groupSize: POSITIVE_INTEGER,
    symmetric: BOOLEAN,
    clipRatio: RATIO,
  });
  const $kernel = toTensor(NAME, 'kernel', kernel, 'float32') as Tensor2D;
  assertRank(NAME, 'kernel', $kernel, 2, '[K, N]');
  const k = $kernel.shape[0];
  const groups =
    bits === 4 ? int4Groups(k, groupSize, symmetric) : int8Groups(k, groupSize, symmetric);
  return { $kernel, bits, range: { ...groups, clipRatio } };
}

type Groups = Omit<ClippedRange, 'clipRatio'>;

function int4Groups(k: number, groupSize = DEFAULT_GROUP_SIZE, symmetric = false): Groups {
  assertGroupSize(NAME, k, groupSize);
  return { groupSize: normalGroupSize(k, groupSize), symmetric };
}

/** An output channel is one group. */
function int8Groups(k: number, groupSize?: number, symmetric?: boolean): Groups {
  util.assert(
    groupSize === undefined && symmetric === undefined,
    () => `${NAME}: groupSize and symmetric are for 4 bits, expected neither with 8`,
  );
  return { groupSize: k, symmetric: true };
}

function throughInt4(kernel: Tensor2D, { groupSize, symmetric }: ClippedRange): Tensor2D {
  const { values, scales, zeros } = quantizeWeightInt4(kernel, { groupSize, symmetric });
  return transpose(dequantizeInt4<Tensor2D>(values, scales, zeros, kernel.shape[0]));
}

function throughInt8(kernel: Tensor2D): Tensor2D {
  const { values, scale } = quantizeWeightInt8(kernel);
  return transpose(dequantizeInt8<Tensor2D>(values, scale, kernel.shape[0]));
}

type Rounding = (kernel: Tensor2D) => Tensor2D;

function roundStraightThrough(kernel: Tensor2D, rounded: Rounding): Tensor2D {
  return customGrad<Tensor2D>((x) => ({
    value: rounded(x as Tensor2D),
    gradFunc: (dy) => clone(dy),
  }))(kernel);
}

function clipAndRound(kernel: Tensor2D, range: ClippedRange, rounded: Rounding): Tensor2D {
  return customGrad<Tensor2D>((x, save) => {
    // Saved is the kernel, which is alive anyway, rather than a mask of its size.
    (save as GradSaveFunc)([x as Tensor2D]);
    return {
      value: rounded(clipGroups(x as Tensor2D, range)),
      gradFunc: (dy, [x]) => mul(dy, insideRange(x as Tensor2D, range)),
    };
  })(kernel);
}

/** 1 where a weight is not held at an end of its range, else 0. */
function insideRange(kernel: Tensor2D, range: ClippedRange): Tensor2D {
  return tidy(() => cast(equal<Tensor2D>(clipGroups(kernel, range), kernel), 'float32'));
}

export const fakeQuantize = /* @__PURE__ */ op({ fakeQuantize_ });
