import { parseArgs } from 'node:util';
import { positiveInteger } from '../shared/arguments';
import { CHECKPOINT } from './checkpoint';
import { LARGE, SMALL } from './model';

export interface TransformerOptions {
  /** What to do: measure a checkpoint, train one, or time large random weights. */
  task: 'measure' | 'train' | 'large';
  checkpoint: string;
  /** The large one, and how it is timed. */
  large: { sizes: typeof LARGE; batch: number; timedBatches: number };
  /** Training steps. */
  steps: number;
  seed: number;
  /** Where the page goes: a folder. */
  out: string;
  /** Held-out characters that are predicted. */
  evaluated: number;
  /** Characters of each sample. */
  sampled: number;
  /** Timed characters, and timed batches, of each model. */
  timedCharacters: number;
  timedBatches: number;
}

export const usage = `Quantizes a transformer, and compares float32, int8, int4 and a mix.

Usage: npm run example:transformer -- [options]

  --checkpoint <dir>  the trained model (default: the one that comes with the example)
  --train             train that model, some 12 minutes on two cores, and nothing else
  --steps <n>         of training (default 2400)
  --seed <n>          of weights, batches and samples (default 1)
  --large             speeds of a large transformer with random weights, and nothing else
  --out <dir>         where the page goes (default demo-results/transformer)
  --smoke             everything in small, in seconds; the figures mean nothing
  --help              this text
`;

const full = {
  ...{ steps: 2400, evaluated: 65536, sampled: 96 },
  ...{ timedCharacters: 200, timedBatches: 20 },
  large: { sizes: LARGE, batch: 4, timedBatches: 8 },
};
const smoke = {
  ...{ steps: 2, evaluated: 1024, sampled: 8 },
  ...{ timedCharacters: 10, timedBatches: 2 },
  large: { sizes: SMALL, batch: 4, timedBatches: 2 },
};

/**
 * @returns the options, or null where help was asked for.
 * @throws TypeError or RangeError, fit to be shown, where an option is unknown or invalid.
 */
export function parseOptions(args: string[]): TransformerOptions | null {
  const { values } = parseArgs({
    args,
    options: {
      checkpoint: { type: 'string' },
      train: { type: 'boolean' },
      large: { type: 'boolean' },
      steps: { type: 'string' },
      seed: { type: 'string' },
      out: { type: 'string' },
      smoke: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return null;
  if (values.train && values.large) throw new RangeError('--train and --large exclude each other');
  const defaults = values.smoke ? smoke : full;
  return {
    ...defaults,
    task: values.train ? 'train' : values.large ? 'large' : 'measure',
    checkpoint: values.checkpoint ?? CHECKPOINT,
    steps: positiveInteger('steps', values.steps, defaults.steps),
    seed: positiveInteger('seed', values.seed, 1),
    out: values.out ?? 'demo-results/transformer',
  };
}
