/**
 * The numerics of the design written a second time, as definitions rather than algorithms: BigInt
 * for exact sums, float64 for real values, no shared code with src/.
 */
import type { FusedActivation } from '../../src/ops/types';

const BF16_MANTISSA_BITS = 7;
const MIN_EXPONENT = -126;
const MAX_BF16 = 2 ** 127 * (2 - 2 ** -BF16_MANTISSA_BITS);

/** The distance between bf16 values around a real value. */
function bf16Ulp(value: number): number {
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
  /** What one unit of x is worth. */
  rowScale: number;
  /** How many roundings of 2⁻²⁴ the sum may have. */
  roundings: number;
}

/** One element of an int4 product in float64, and how far a float32 sum may be from it. */
export function int4Dot(dot: Int4Dot): {
  value: number;
  tolerance: number;
} {
  const { x, differences, scales, bias = 0, activation, rowScale, roundings } = dot;
  let sum = bias;
  let magnitude = Math.abs(bias);
  x.forEach((element, i) => {
    const term = rowScale * scales[i] * nearestBf16(element) * differences[i];
    sum += term;
    magnitude += Math.abs(term);
  });
  const value = nearestBf16(activated(sum, activation));
  return { value, tolerance: bf16Ulp(value) + roundings * 2 ** -24 * magnitude };
}

const { fround } = Math;

/** A block times H, by halves: (a·H + b·H, a·H - b·H), each step rounded to float32. */
function timesSylvester(block: number[]): number[] {
  if (block.length === 1) return block;
  const half = block.length / 2;
  const [a, b] = [block.slice(0, half), block.slice(half)].map(timesSylvester);
  return [
    ...a.map((value, i) => fround(value + b[i])),
    ...a.map((value, i) => fround(value - b[i])),
  ];
}

/** A block times H / √n. */
export function hadamardBlock(block: number[]): number[] {
  const factor = fround(1 / Math.sqrt(block.length));
  return timesSylvester(block).map((value) => fround(value * factor));
}

/** A block times a matrix `[n, n]`: products and sums rounded to float32, in ascending order. */
export function rotatedBlock(block: number[], matrix: number[][]): number[] {
  const product = (i: number, j: number) => fround(block[i] * matrix[i][j]);
  return block.map((_, j) => {
    let sum = product(0, j);
    for (let i = 1; i < block.length; i++) sum = fround(sum + product(i, j));
    return sum;
  });
}

/** What `turn` makes of each block of `size` elements. */
export function blockwise(
  values: ArrayLike<number>,
  size: number,
  turn: (block: number[]) => number[],
): number[] {
  const blocks = Array.from({ length: values.length / size }, (_, i) =>
    Array.from({ length: size }, (_, j) => values[i * size + j]),
  );
  return blocks.flatMap(turn);
}

/** The sum of a power of two of float32 values, by halves, which are as deep as each other. */
function treeSum(values: number[]): number {
  if (values.length === 1) return values[0];
  const half = values.length / 2;
  return fround(treeSum(values.slice(0, half)) + treeSum(values.slice(half)));
}

/** `multiple` times the root mean square of a row, in float32 steps. */
export function questLimit(row: number[], multiple: number): number {
  if (row.length === 0) return 0;
  const squares = row.map((value) => fround(value * value));
  while (!Number.isInteger(Math.log2(squares.length))) squares.push(0);
  const mean = fround(treeSum(squares) / fround(row.length));
  return fround(fround(multiple) * fround(Math.sqrt(mean)));
}

/** The integer nearest to a value, ties to even. */
function nearestInteger(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(rounded - value) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** The integers -steps…steps of a row of which the largest stands for `limit`, and its scale. */
export function symmetricRow(
  row: number[],
  limit: number,
  steps: number,
): { integers: number[]; scale: number } {
  const inverse = fround(steps / limit);
  const isConstant = !Number.isFinite(limit) || !Number.isFinite(inverse);
  if (isConstant) {
    return { integers: row.map(() => 0), scale: Number.isFinite(limit) ? 1 : NaN };
  }
  const nearest = row.map((value) => nearestInteger(fround(value * inverse)));
  return {
    integers: nearest.map((integer) => Math.min(Math.max(integer, -steps), steps)),
    scale: fround(limit / steps),
  };
}
