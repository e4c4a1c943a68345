/** What the measurements say: our ratios to the others, cell by cell and over all. */
import { isRight } from '../../src/cli/bench/checks';
import type { Format } from '../../src/cli/bench/providers/provider';
import type { CpuMeasurement } from './cell';

/** One cell's measurements. */
export type Cell = CpuMeasurement[];

/** In one cell and one format: the fastest of ours and of ONNX Runtime's settings. */
export interface Comparison {
  cell: Cell;
  format: Format;
  ours: CpuMeasurement;
  theirs: CpuMeasurement | undefined;
  float32: CpuMeasurement | undefined;
}

/** The groups of the two int4 settings; each is compared with ONNX Runtime's of the same. */
type Group = number | null;

function fastest(measurements: CpuMeasurement[]): CpuMeasurement | undefined {
  return measurements.reduce<CpuMeasurement | undefined>(
    (best, next) => (best === undefined || next.us.median < best.us.median ? next : best),
    undefined,
  );
}

/** Every measurement of ours with ONNX Runtime's fastest right one for the same weights. */
export function comparisons(cell: Cell): Comparison[] {
  const ours = cell.filter(({ library }) => library === 'tfjs-qutlass');
  const theirs = (format: Format, group: Group) =>
    fastest(
      cell.filter(
        (other) =>
          other.library === 'onnxruntime-node' &&
          other.format === format &&
          other.group === group &&
          isRight(other.format, other.maxRelativeError),
      ),
    );
  return ours.map((measurement) => ({
    cell,
    format: measurement.format,
    ours: measurement,
    theirs: theirs(measurement.format, measurement.group),
    float32: cell.find(({ format }) => format === 'float32'),
  }));
}

/** How many times faster the first is. */
export function ratio(ours: CpuMeasurement, other: CpuMeasurement): number {
  return other.us.median / ours.us.median;
}
