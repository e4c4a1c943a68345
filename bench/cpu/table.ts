/** Measurements as text. */
import { isRight } from '../../src/cli/bench/checks';
import { geometricMean } from '../../src/cli/bench/statistics';
import type { CpuMeasurement } from './cell';
import { type Cell, type Comparison, comparisons, ratio } from './summary';

export function cellTitle({ k, n, m, threads, cold }: CpuMeasurement): string {
  return `K=${k} N=${n} M=${m}, ${threads === 1 ? '1 thread' : `${threads} threads`}, ${cold ? 'cold' : 'hot'}`;
}

/** The table of one cell: each provider's time, rate and ratio to `tf.matMul`. */
export function cellTable(cell: Cell): string {
  const float32 = cell.find(({ format }) => format === 'float32');
  const rows = cell.map((row) => {
    const { p20, median, p80 } = row.us;
    const time = `${median.toFixed(0)} us (${p20.toFixed(0)}..${p80.toFixed(0)})`;
    const speed = `${(row.tflops * 1000).toFixed(0)} GFLOP/s`;
    const against = float32 ? `${ratio(row, float32).toFixed(2)}x` : '';
    const note = isRight(row.format, row.maxRelativeError)
      ? ''
      : `  wrong by ${row.maxRelativeError.toFixed(3)}: not compared`;
    return `  ${row.provider.padEnd(22)}${time.padEnd(32)}${speed.padStart(14)}${against.padStart(9)}${note}`;
  });
  const notes = comparisons(cell)
    .filter(({ theirs }) => theirs)
    .map(({ ours, theirs }) => `${ours.provider} ${ratio(ours, theirs!).toFixed(2)}x`);
  const against = notes.length === 0 ? '' : `   against onnxruntime: ${notes.join(', ')}`;
  return [cellTitle(cell[0]) + against, ...rows].join('\n');
}

function meanOf(title: string, chosen: Comparison[]): string {
  const ratios = chosen.map(({ ours, theirs }) => ratio(ours, theirs!));
  const mean = geometricMean(ratios).toFixed(2);
  const least = Math.min(...ratios);
  const worst = chosen[ratios.indexOf(least)];
  return `  ${title.padEnd(22)}geometric mean ${mean}x, least ${least.toFixed(2)}x at ${cellTitle(worst.ours)}`;
}

/** Ratios to ONNX Runtime over all cells; empty where nothing was compared with it. */
export function summaryTable(cells: Cell[]): string {
  const all = cells.flatMap(comparisons).filter(({ theirs }) => theirs);
  if (all.length === 0) return '';
  const providers = [...new Set(all.map(({ ours }) => ours.provider))];
  const rows = providers.map((provider) =>
    meanOf(
      provider,
      all.filter(({ ours }) => ours.provider === provider),
    ),
  );
  return [
    'Times faster than the fastest setting of onnxruntime for the same weights',
    ...rows,
  ].join('\n');
}
