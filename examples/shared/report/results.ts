import type { Format } from '../formats';
import type { Sample } from '../generate';
import { count } from '../numbers';

export interface Speed {
  /** Milliseconds a character, one after the other. */
  milliseconds: number;
  /** Where many windows are predicted at once. */
  charactersPerSecond: number;
}

/** What was measured of one form of a model whose weights may be of no use. */
export interface SpeedMeasurement extends Speed {
  name: string;
  bytesInMemory: number;
}

/** What was measured of one form of a trained model. */
export interface Measurement extends SpeedMeasurement {
  /** Bits a held-out character. */
  bits: number;
  bytesOnDisk: number;
  sample: Sample;
}

export interface Results {
  title: string;
  /** float32 first: the others are compared with it. */
  measurements: Measurement[];
  expectations: Expectation[];
  /** What was trained and how, and the machine, as sentences. */
  notes: string[];
}

export interface Expectation {
  text: string;
  met: boolean;
}

/** One quantity of the comparison: a column of the table, a chart of the page. */
export interface Metric<T> {
  title: string;
  /** In a table. */
  heading: string;
  better: 'lower' | 'higher';
  value: (measurement: T) => number;
  format: (value: number) => string;
  /** How a value compares with float32's, in few signs. */
  compare: (value: number, float32: number) => string;
}

const times = (ratio: number) => `${ratio.toFixed(2)}×`;

export const speedMetrics: Metric<SpeedMeasurement>[] = [
  {
    title: 'weights in memory',
    heading: 'memory',
    better: 'lower',
    value: ({ bytesInMemory }) => bytesInMemory,
    format: megabytes,
    compare: (bytes, float32) => times(float32 / bytes),
  },
  {
    title: 'milliseconds a character, one after the other',
    heading: 'ms/char',
    better: 'lower',
    value: ({ milliseconds }) => milliseconds,
    format: (milliseconds) => milliseconds.toFixed(3),
    compare: (milliseconds, float32) => times(float32 / milliseconds),
  },
  {
    title: 'characters a second, one after the other',
    heading: 'chars/s',
    better: 'higher',
    value: ({ milliseconds }) => 1000 / milliseconds,
    format: (characters) => count(Math.round(characters)),
    compare: () => '',
  },
  {
    title: 'characters a second, in batches',
    heading: 'chars/s, batches',
    better: 'higher',
    value: ({ charactersPerSecond }) => charactersPerSecond,
    format: (characters) => count(Math.round(characters)),
    compare: (characters, float32) => times(characters / float32),
  },
];

export const metrics: Metric<Measurement>[] = [
  {
    title: 'bits a character, held-out text',
    heading: 'bits/char',
    better: 'lower',
    value: ({ bits }) => bits,
    format: (bits) => bits.toFixed(4),
    compare: (bits, float32) => percentMore(bits / float32 - 1),
  },
  {
    title: 'model on disk',
    heading: 'disk',
    better: 'lower',
    value: ({ bytesOnDisk }) => bytesOnDisk,
    format: megabytes,
    compare: (bytes, float32) => times(float32 / bytes),
  },
  ...speedMetrics,
];

/** What the formats should keep to, and whether they did. */
export function losses(formats: Format[], measurements: Measurement[]): Expectation[] {
  const [float32] = measurements;
  return formats.flatMap(({ name, within }, index) => {
    if (within === undefined) return [];
    const more = measurements[index].bits / float32.bits - 1;
    const limit = Number((within * 100).toPrecision(3));
    return {
      text: `${name} is within ${limit} % of float32's bits a character: ${percentMore(more)}`,
      met: more <= within,
    };
  });
}

/** That a format is `factor` times smaller than float32, in memory and on disk. */
export function shrinks(name: string, factor: number, measurements: Measurement[]): Expectation {
  const [float32] = measurements;
  const small = measurements.find((measurement) => measurement.name === name)!;
  const inMemory = float32.bytesInMemory / small.bytesInMemory;
  const onDisk = float32.bytesOnDisk / small.bytesOnDisk;
  return {
    text:
      `${name} is at least ${factor}× smaller: ` +
      `${times(inMemory)} in memory, ${times(onDisk)} on disk`,
    met: Math.min(inMemory, onDisk) >= factor,
  };
}

export function percentMore(part: number): string {
  const percent = Math.abs(part * 100).toFixed(2);
  const sign = Number(percent) === 0 ? '±' : part < 0 ? '−' : '+';
  return `${sign}${percent} %`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
