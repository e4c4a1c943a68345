/**
 * Scalar arithmetic that every kernel shares: bf16 rounding, activations, quantization of a value.
 * The same functions as native/include/qutlass/numerics.h, bit for bit.
 *
 * Each step is one IEEE float32 operation. JavaScript computes in float64, whose 53 bits are more
 * than twice float32's 24 plus 2, so a float64 +, -, *, / or square root of float32 operands that is
 * then rounded by Math.fround is the correctly rounded float32 result (Figueroa, "When is double
 * rounding innocuous?", 1995).
 */
import type { FusedActivation } from '../kernel_names';

const float32 = new Float32Array(1);
const float32Bits = new Uint32Array(float32.buffer);

function add(a: number, b: number): number {
  return Math.fround(a + b);
}

function multiply(a: number, b: number): number {
  return Math.fround(a * b);
}

function divide(a: number, b: number): number {
  return Math.fround(a / b);
}

/** From here on every float32 is an integer. */
const INTEGERS_ONLY = 2 ** 23;
/** Adding it to a smaller float64 rounds that to an integer, ties to even; taking it off is exact. */
const ROUNDING_SHIFT = 1.5 * 2 ** 52;

/** The integer nearest to a float32, ties to even. */
export function roundHalfEven(value: number): number {
  return Math.abs(value) < INTEGERS_ONLY ? value + ROUNDING_SHIFT - ROUNDING_SHIFT : value;
}

/** The bf16 value nearest to a float32, ties to even, as its 16 bits. Every NaN becomes 0x7fc0. */
export function bf16Bits(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  float32[0] = value;
  const bits = float32Bits[0];
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** The bf16 value nearest to a float32, as a float32. */
export function roundToBf16(value: number): number {
  float32Bits[0] = bf16Bits(value) << 16;
  return float32[0];
}

/** relu and relu6 keep NaN, as Math.max does, and make -0 a +0. */
export function activate(value: number, activation: FusedActivation): number {
  if (activation === 'linear' || Number.isNaN(value)) return value;
  const positive = value > 0 ? value : 0;
  return activation === 'relu6' && positive > 6 ? 6 : positive;
}

/** bf16(act(f32(acc)·sa·sb [+ bias])): the end of every int8 product. */
export function int8Epilogue(
  acc: number,
  sa: number,
  sb: number,
  bias: number | undefined,
  activation: FusedActivation,
): number {
  let value = multiply(multiply(Math.fround(acc), sa), sb);
  if (bias !== undefined) value = add(value, bias);
  return roundToBf16(activate(value, activation));
}

/** bf16(act(f32(sum) [+ bias])): the end of every int4 product. */
export function int4Epilogue(
  sum: number,
  bias: number | undefined,
  activation: FusedActivation,
): number {
  let value = Math.fround(sum);
  if (bias !== undefined) value = add(value, bias);
  return roundToBf16(activate(value, activation));
}

/** How the values of a row (int8) or of a group (int4) become integers. */
export interface Quantizer {
  /** Real value of one step; NaN where a value was NaN or infinite. */
  scale: number;
  /** Steps a unit; 0 where every value becomes `zero`. */
  inverse: number;
  /** The integer that stands for 0. */
  zero: number;
}

function constantQuantizer(scale: number, zero: number): Quantizer {
  return { scale, inverse: 0, zero };
}

/**
 * `amax` is the largest |value|, not finite where a value is not; `steps` is 127 or 7; the integer
 * 0 is stored as `zero`.
 */
export function symmetricQuantizer(amax: number, steps: number, zero: number): Quantizer {
  if (!Number.isFinite(amax)) return constantQuantizer(NaN, zero);
  const inverse = divide(steps, amax);
  if (!Number.isFinite(inverse)) return constantQuantizer(1, zero);
  return { scale: divide(amax, steps), inverse, zero };
}

/**
 * `lo` is min(0, values), `hi` max(0, values), not finite where a value is not; integers are
 * `lowest` … `lowest + steps`. A range that float32 cannot hold counts as not finite.
 */
export function asymmetricQuantizer(
  lo: number,
  hi: number,
  steps: number,
  lowest: number,
): Quantizer {
  const range = add(hi, -lo);
  if (!Number.isFinite(range)) return constantQuantizer(NaN, 0);
  const inverse = divide(steps, range);
  if (!Number.isFinite(inverse)) return constantQuantizer(1, 0);
  const zero = roundHalfEven(add(lowest, -multiply(lo, inverse)));
  return {
    scale: divide(range, steps),
    inverse,
    zero: Math.min(Math.max(zero, lowest), lowest + steps),
  };
}

/**
 * The limit of a row of `k` values by the method 'quest': `multiple` times their root mean square; 0
 * where there are none.
 */
export function questLimit(sumOfSquares: number, k: number, multiple: number): number {
  if (k === 0) return 0;
  const mean = divide(sumOfSquares, Math.fround(k));
  return multiply(multiple, Math.fround(Math.sqrt(mean)));
}

/** round-half-even(value · inverse) + zero, held within `lowest` … `highest`. */
export function quantize(
  value: number,
  quantizer: Quantizer,
  lowest: number,
  highest: number,
): number {
  if (quantizer.inverse === 0) return quantizer.zero;
  const steps = add(roundHalfEven(multiply(value, quantizer.inverse)), quantizer.zero);
  return steps < lowest ? lowest : steps > highest ? highest : steps;
}
