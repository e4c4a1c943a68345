/** The rows of a packed matrix that a kernel reads. */
import type { RowRange } from '../kernel_names';
import { rowsAndWidth, withWidth } from './backend';

/** A range that is settled, and the shape of its rows with `k` elements each. */
export interface Rows extends RowRange {
  shape: number[];
}

/** The range of the attributes, which also hold for all rows of `packed` `[…, words]` by default. */
export function rowRange(
  packed: number[],
  { k, firstRow = 0, rowCount }: { k: number } & Partial<RowRange>,
): Rows {
  if (rowCount !== undefined) return { firstRow, rowCount, shape: [rowCount, k] };
  return { firstRow, rowCount: rowsAndWidth(packed)[0], shape: withWidth(packed, k) };
}
