/** From the values of a row or group to the quantizer that covers their range, or most of it. */
import type { ScaleMethod } from '../kernel_names';
import { asymmetricQuantizer, questLimit, symmetricQuantizer } from './numerics';
import type { Quantizer } from './numerics';
import { SquareSums } from './square_sums';

/** A set of integers and how real values map to it. */
export interface QuantizationScheme {
  symmetric: boolean;
  /** Integer steps from 0 to the largest |value| (symmetric), or from the least to the greatest. */
  steps: number;
  /** The integer that stands for 0 (symmetric only; otherwise it depends on the values). */
  zero: number;
  lowest: number;
  highest: number;
}

const INT8_SYMMETRIC = { symmetric: true, steps: 127, zero: 0, lowest: -127, highest: 127 };
const INT8_ASYMMETRIC = { symmetric: false, steps: 255, zero: 0, lowest: -128, highest: 127 };
const INT4_SYMMETRIC = { symmetric: true, steps: 7, zero: 8, lowest: 1, highest: 15 };
const INT4_ASYMMETRIC = { symmetric: false, steps: 15, zero: 0, lowest: 0, highest: 15 };

function int8Scheme(symmetric: boolean): QuantizationScheme {
  return symmetric ? INT8_SYMMETRIC : INT8_ASYMMETRIC;
}

export function int4Scheme(symmetric: boolean): QuantizationScheme {
  return symmetric ? INT4_SYMMETRIC : INT4_ASYMMETRIC;
}

/** The quantizer for `values[start…end)`. */
export function rangeQuantizer(
  values: Float32Array,
  start: number,
  end: number,
  { symmetric, steps, zero, lowest }: QuantizationScheme,
): Quantizer {
  // Both start from 0, because the range must hold it, and both become NaN where a value is NaN.
  let lo = 0;
  let hi = 0;
  for (let i = start; i < end; i++) {
    lo = Math.min(lo, values[i]);
    hi = Math.max(hi, values[i]);
  }
  return symmetric
    ? symmetricQuantizer(Math.max(-lo, hi), steps, zero)
    : asymmetricQuantizer(lo, hi, steps, lowest);
}

/** Root mean squares to the largest integer, by the method 'quest': docs/quantization.md has why. */
const QUEST_INT8 = Math.fround(3.88494);
const QUEST_INT4 = Math.fround(2.51393);

/** The scheme of rows whose scale `method` finds. */
export interface RowScheme {
  scheme: QuantizationScheme;
  method: ScaleMethod;
  /** The multiple of the method 'quest', which needs a symmetric scheme. */
  questMultiple: number;
}

export function int8RowScheme(symmetric: boolean, method: ScaleMethod): RowScheme {
  return { scheme: int8Scheme(symmetric), method, questMultiple: QUEST_INT8 };
}

export function int4RowScheme(method: ScaleMethod): RowScheme {
  return { scheme: int4Scheme(true), method, questMultiple: QUEST_INT4 };
}

/** Makes the quantizer of each row of `x` `[rows, k]`. */
export function rowQuantizers(
  x: Float32Array,
  k: number,
  { scheme, method, questMultiple }: RowScheme,
): (row: number) => Quantizer {
  if (method === 'abs_max') return (row) => rangeQuantizer(x, row * k, (row + 1) * k, scheme);
  const { steps, zero } = scheme;
  const sums = new SquareSums(k);
  return (row) =>
    symmetricQuantizer(questLimit(sums.ofRow(x, row * k), k, questMultiple), steps, zero);
}
