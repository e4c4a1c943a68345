/** Numbers in [0, 1) that a seed repeats. */
export type Random = () => number;

/**
 * Marsaglia's 32-bit xorshift (Journal of Statistical Software 8(14), 2003, shifts 13, 17, 5), its
 * seed spread by a multiplication so that small seeds start apart.
 */
export function seededRandom(seed: number): Random {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
