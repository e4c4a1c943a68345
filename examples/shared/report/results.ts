import type { Sample } from '../generate';

/** What was measured of one form of the model. */
export interface Measurement {
  name: string;
  /** Bits a held-out character. */
  bits: number;
  bytesInMemory: number;
  bytesOnDisk: number;
  /** Milliseconds a token, one at a time. */
  milliseconds: number;
  /** In batches of THROUGHPUT_BATCH. */
  tokensPerSecond: number;
  sample: Sample;
}

export interface Results {
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

export const THROUGHPUT_BATCH = 128;

/** One quantity of the comparison: a row of the table, a chart of the page. */
export interface Metric {
  title: string;
  better: 'lower' | 'higher';
  value: (measurement: Measurement) => number;
  format: (value: number) => string;
  /** How a value compares with float32's. */
  compare: (value: number, float32: number) => string;
}

const smaller = (value: number, float32: number) => `${(float32 / value).toFixed(2)}× smaller`;
const speedUp = (ratio: number) =>
  ratio >= 1 ? `${ratio.toFixed(2)}× faster` : `${(1 / ratio).toFixed(2)}× slower`;

export const metrics: Metric[] = [
  {
    title: 'bits a character, held-out text',
    better: 'lower',
    value: ({ bits }) => bits,
    format: (bits) => bits.toFixed(4),
    compare: (bits, float32) => percentMore(bits / float32 - 1),
  },
  {
    title: 'weights in memory',
    better: 'lower',
    value: ({ bytesInMemory }) => bytesInMemory,
    format: megabytes,
    compare: smaller,
  },
  {
    title: 'model on disk',
    better: 'lower',
    value: ({ bytesOnDisk }) => bytesOnDisk,
    format: megabytes,
    compare: smaller,
  },
  {
    title: 'milliseconds a token, batch 1',
    better: 'lower',
    value: ({ milliseconds }) => milliseconds,
    format: (milliseconds) => milliseconds.toFixed(3),
    compare: (milliseconds, float32) => speedUp(float32 / milliseconds),
  },
  {
    title: `tokens a second, batch ${THROUGHPUT_BATCH}`,
    better: 'higher',
    value: ({ tokensPerSecond }) => tokensPerSecond,
    format: (tokens) => Math.round(tokens).toLocaleString('en'),
    compare: (tokens, float32) => speedUp(tokens / float32),
  },
];

/** What int8 and int4 should reach, and whether they did. */
export function checkExpectations([float32, int8, int4]: Measurement[]): Expectation[] {
  return [
    loses(int8, float32, 0.005),
    loses(int4, float32, 0.03),
    shrinks(int8, float32, 3.9),
    shrinks(int4, float32, 6.5),
  ];
}

function loses({ name, bits }: Measurement, float32: Measurement, limit: number): Expectation {
  const more = bits / float32.bits - 1;
  return {
    text: `${name} is within ${limit * 100} % of float32's bits a character: ${percentMore(more)}`,
    met: more <= limit,
  };
}

function shrinks(measurement: Measurement, float32: Measurement, factor: number): Expectation {
  const inMemory = float32.bytesInMemory / measurement.bytesInMemory;
  const onDisk = float32.bytesOnDisk / measurement.bytesOnDisk;
  return {
    text:
      `${measurement.name} is at least ${factor}× smaller: ` +
      `${inMemory.toFixed(2)}× in memory, ${onDisk.toFixed(2)}× on disk`,
    met: Math.min(inMemory, onDisk) >= factor,
  };
}

function percentMore(part: number): string {
  const percent = Math.abs(part * 100).toFixed(2);
  const sign = Number(percent) === 0 ? '±' : part < 0 ? '−' : '+';
  return `${sign}${percent} %`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
