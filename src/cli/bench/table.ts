/** A layer's results on the terminal: a line a batch size, a column a provider. */
import { tableLines } from '../models/table';
import { BASELINE } from './providers';
import { type Measurement, cellKey } from './results';
import { unique } from './unique';

/** '2.3 us', '41 us', '5.2 ms', '1.3 s' */
export function formatTime(us: number): string {
  const [value, unit] = us < 1e3 ? [us, 'us'] : us < 1e6 ? [us / 1e3, 'ms'] : [us / 1e6, 's'];
  return `${value.toPrecision(value < 100 ? 2 : 3)} ${unit}`;
}

/** '7.11x': how many times faster. */
export function formatRatio(ratio: number): string {
  return `${ratio.toFixed(2)}x`;
}

/** How many times faster each is than the baseline of its cell; undefined without one. */
export function speedUps(
  measurements: readonly Measurement[],
): (of: Measurement) => number | undefined {
  const baselines = new Map(
    measurements
      .filter(({ provider }) => provider === BASELINE)
      .map((measurement) => [cellKey(measurement), measurement.us.median]),
  );
  return (measurement) => {
    const baseline = baselines.get(cellKey(measurement));
    return baseline === undefined ? undefined : baseline / measurement.us.median;
  };
}

/** What a table takes on a terminal that does not tell. */
const USUAL_COLUMNS = 120;

/** Time and ratio to tfjs's float32; where there is none, and of itself, the rate. */
function entryOf(measurements: readonly Measurement[]): (found?: Measurement) => string {
  const speedUp = speedUps(measurements);
  return (found) => {
    if (found === undefined) return '-';
    const ratio = found.provider === BASELINE ? undefined : speedUp(found);
    const note = ratio === undefined ? `${rate(found.tflops)} TFLOP/s` : formatRatio(ratio);
    return `${formatTime(found.us.median)} ${note}`;
  };
}

/** Three digits, and no exponent. */
function rate(tflops: number): string {
  return tflops < 1 ? tflops.toFixed(4) : tflops.toPrecision(3);
}

/** As many columns a table as fit into a line; each begins with the one of M. */
export function layerTable(
  measurements: readonly Measurement[],
  width = process.stdout.columns || USUAL_COLUMNS,
): string[] {
  const entry = entryOf(measurements);
  const ms = unique(measurements.map(({ m }) => m));
  const columnOf = (name: string) =>
    ms.map((m) => entry(measurements.find((row) => row.m === m && row.provider === name)));
  const tableOf = (providers: string[]) => {
    const columns = providers.map(columnOf);
    const rows = ms.map((m, i) => [String(m), ...columns.map((column) => column[i])]);
    return tableLines(['M', ...providers], rows, 0);
  };
  const tables: string[][] = [];
  let providers: string[] = [];
  for (const name of unique(measurements.map(({ provider }) => provider))) {
    const isTooWide = tableOf([...providers, name])[0].length > width;
    if (isTooWide && providers.length > 0) {
      tables.push([...tableOf(providers), '']);
      providers = [];
    }
    providers.push(name);
  }
  return [...tables.flat(), ...tableOf(providers)];
}
