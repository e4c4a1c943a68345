/** Rows of int4 elements that share a scale and a zero point a group. */
import { INT4_PER_WORD, int4Of } from './layout';

/** The zero point of groups that have none of their own. */
const MIDDLE = 8;

export interface Int4Rows {
  /** `[rows, words]` */
  packed: Int32Array;
  words: number;
  /** `[rows, groups]` in 0…15; absent for 8 everywhere. */
  zeros: Int32Array | undefined;
  groups: number;
  /** A multiple of 8, or a whole row: a group starts with a word. */
  groupSize: number;
}

/** Writes q - zero of each element of a row, the tail's too, to `differences` `[words * 8]`. */
export function unpackDifferences(weights: Int4Rows, row: number, differences: Int32Array): void {
  const { packed, words, zeros, groups, groupSize } = weights;
  const groupWords = Math.ceil(groupSize / INT4_PER_WORD);
  for (let group = 0; group < groups; group++) {
    const zero = zeros ? zeros[row * groups + group] : MIDDLE;
    const end = Math.min((group + 1) * groupWords, words);
    for (let word = group * groupWords; word < end; word++) {
      const bits = packed[row * words + word];
      for (let i = 0; i < INT4_PER_WORD; i++) {
        differences[word * INT4_PER_WORD + i] = int4Of(bits, i) - zero;
      }
    }
  }
}
