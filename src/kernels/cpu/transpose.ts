/** Columns and rows of a block that stay in the cache together. */
const BLOCK = 32;

/** `[rows, columns]` → `[columns, rows]`. */
export function transpose(x: Float32Array, rows: number, columns: number): Float32Array {
  const transposed = new Float32Array(x.length);
  for (let row0 = 0; row0 < rows; row0 += BLOCK) {
    for (let column0 = 0; column0 < columns; column0 += BLOCK) {
      const rowEnd = Math.min(row0 + BLOCK, rows);
      const columnEnd = Math.min(column0 + BLOCK, columns);
      for (let column = column0; column < columnEnd; column++) {
        for (let row = row0; row < rowEnd; row++) {
          transposed[column * rows + row] = x[row * columns + column];
        }
      }
    }
  }
  return transposed;
}
