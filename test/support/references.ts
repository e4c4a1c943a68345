/**
 * The numerics of the design written a second time, as definitions rather than algorithms: BigInt
 * for exact sums, float64 for real values, no shared code with src/.
 */
import type { FusedActivation } from '../../src/ops/types';

const BF16_MANTISSA_BITS = 7;
const MIN_EXPONENT = -126;
const MAX_BF16 = 2 ** 127 * (2 - 2 ** -BF16_MANTISSA_BITS);

/** The distance between bf16 values around a real value. */
export function bf16Ulp(value: number): number {
  if (value === 0) return 2 ** (MIN_EXPONENT - BF16_MANTISSA_BITS);
  let exponent = Math.floor(Math.log2(Math.abs(value)));
  // log2 may round up to the next integer.
  if (2 ** exponent > Math.abs(value)) exponent--;
  return 2 ** (Math.max(exponent, MIN_EXPONENT) - BF16_MANTISSA_BITS);
}

/** The bf16 value nearest to a real value, ties to even. */
export function nearestBf16(value: number): number {
  if (!Number.isFinite(value) || value === 0) return value;
  const ulp = bf16Ulp(value);
  const steps = value / ulp;
  const floor = Math.floor(steps);
  const fraction = steps - floor;
  const up = fraction > 0.5 || (fraction === 0.5 && floor % 2 !== 0);
  const rounded = (up ? floor + 1 : floor) * ulp;
  if (Math.abs(rounded) > MAX_BF16) return Infinity * Math.sign(value);
  // A negative value that rounds to zero keeps its sign.
  return rounded === 0 ? 0 * Math.sign(value) : rounded;
}

function activated(value: number, activation: FusedActivation): number {
  if (activation === 'relu') return Math.max(0, value);
  if (activation === 'relu6') return Math.min(Math.max(0, value), 6);
  return value;
}

/** Element `i` of rows that are packed with `bits` bits an element, as an unsigned integer. */
export function packedElement(row: ArrayLike<number>, bits: number, i: number): number {
  const perWord = 32 / bits;
  const word = BigInt.asUintN(32, BigInt(row[Math.floor(i / perWord)]));
  return Number((word >> BigInt(bits * (i % perWord))) & ((1n << BigInt(bits)) - 1n));
}

/** Element `i` of a row of int8 words. */
export function int8Element(row: ArrayLike<number>, i: number): number {
  return Number(BigInt.asIntN(8, BigInt(packedElement(row, 8, i))));
}

/** Packs unsigned elements, `bits` bits each, into words; the rest of the last is `tail`. */
export function packedRow(elements: number[], bits: number, tail = 0): number[] {
  const perWord = 32 / bits;
  const words: number[] = [];
  for (let start = 0; start < elements.length; start += perWord) {
    let word = 0n;
    for (let i = perWord - 1; i >= 0; i--) {
      const element = elements[start + i] ?? tail;
      word = (word << BigInt(bits)) | BigInt.asUintN(bits, BigInt(element));
    }
    words.push(Number(BigInt.asIntN(32, word)));
  }
  return words;
}

export interface Int8Dot {
  a: number[];
  b: number[];
  sa: number;
  sb: number;
  aZero?: number;
  bias?: number;
  activation: FusedActivation;
}

/** One element of an int8 product: an exact sum, then float32 steps, then bf16. */
export function int8Dot({ a, b, sa, sb, aZero = 0, bias, activation }: Int8Dot): number {
  let acc = 0n;
  a.forEach((element, i) => (acc += BigInt(element - aZero) * BigInt(b[i])));
  let value = Math.fround(Math.fround(Math.fround(Number(acc)) * sa) * sb);
  if (bias !== undefined) value = Math.fround(value + bias);
  return nearestBf16(activated(value, activation));
}

export interface Int4Dot {
  x: number[];
  /** q - zero */
  differences: number[];
  /** The scale of each element's group. */
  scales: number[];
  bias?: number;
  activation: FusedActivation;
}

/** One element of an int4 product in float64, and how far a float32 sum may be from it. */
export function int4Dot({ x, differences, scales, bias = 0, activation }: Int4Dot): {
  value: number;
  tolerance: number;
} {
  let sum = bias;
  let magnitude = Math.abs(bias);
  x.forEach((element, i) => {
    const term = scales[i] * nearestBf16(element) * differences[i];
    sum += term;
    magnitude += Math.abs(term);
  });
  const value = nearestBf16(activated(sum, activation));
  return { value, tolerance: bf16Ulp(value) + x.length * 2 ** -24 * magnitude };
}
