/**
 * The packed layouts: where a logical element of a row lies in its int32 words. The same functions
 * as native/include/qutlass/layout.h.
 *
 * int8: element 4w+i is byte i (lowest first) of word w, two's complement.
 * int4: element 8w+i is nibble i (lowest first) of word w, unsigned 0…15.
 */

export const INT8_PER_WORD = 4;
export const INT4_PER_WORD = 8;

/** The most elements of K for which a sum of int8 products is exact in int32. */
export const MAX_K_INT8 = 131071;

/** The same where one operand is a difference from a zero point, in -255…255. */
export const MAX_K_INT8_ZERO_POINT = 65793;

/** The same for two int4 operands, each kept as 16 times its value, in whole words. */
export const MAX_K_INT4_INT4 = 131064;

/** The most elements of a group for which a sum of int8, -127…127, times int4 less its zero point is. */
export const MAX_GROUP_INT8_INT4 = 1127288;

/** Words that hold a row of `k` int8 elements. */
export function int8Words(k: number): number {
  return Math.ceil(k / INT8_PER_WORD);
}

/** Words that hold a row of `k` int4 elements. */
export function int4Words(k: number): number {
  return Math.ceil(k / INT4_PER_WORD);
}

/**
 * The int8 elements of packed words, in the same memory: no copy. Byte 0 of a word comes first
 * because typed arrays are little-endian wherever TensorFlow.js runs.
 */
export function int8View(words: Int32Array): Int8Array {
  return new Int8Array(words.buffer, words.byteOffset, words.byteLength);
}

/** The word of its row that holds int4 element `i` of the row. */
export function int4WordOf(i: number): number {
  return i >> 3;
}

/** The unsigned int4 element `index` (0…7) of a word. */
export function int4Of(word: number, index: number): number {
  return (word >>> (4 * index)) & 0xf;
}

/** `value` as element `index` of a word; the word is the bitwise or of its elements. */
export function int4InWord(value: number, index: number): number {
  return (value & 0xf) << (4 * index);
}

/** The number of groups along K; the last group may be short. */
export function groupCount(k: number, groupSize: number): number {
  return k === 0 ? 1 : Math.ceil(k / groupSize);
}
