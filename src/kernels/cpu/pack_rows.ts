import { roundHalfEven } from './numerics';

/** The integers a packed element can hold, and the op that is packing, for its errors. */
export interface PackedRange {
  op: string;
  lowest: number;
  highest: number;
}

/**
 * Element `index` of what is packed, rounded half to even.
 * @throws where it is not within the range; NaN never is.
 */
export function integerInRange(
  values: Float32Array | Int32Array,
  index: number,
  { op, lowest, highest }: PackedRange,
): number {
  const integer = roundHalfEven(values[index]);
  if (!(integer >= lowest && integer <= highest)) {
    throw new Error(
      `${op}: value ${values[index]} at index ${index} is out of range ${lowest}..${highest}`,
    );
  }
  return integer;
}
