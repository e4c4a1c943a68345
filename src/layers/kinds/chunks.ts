/** Elements that are worked on at once, where all of a weight would take too much memory. */
const CHUNK = 2 ** 15;

/** Splits `n` rows of `k` elements into runs of rows of some `CHUNK` elements. */
export function* chunks(n: number, k: number): Generator<{ start: number; count: number }> {
  const rows = Math.max(1, Math.floor(CHUNK / Math.max(1, k)));
  for (let start = 0; start < n; start += rows) {
    yield { start, count: Math.min(rows, n - start) };
  }
}
