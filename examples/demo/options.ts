import { parseArgs } from 'node:util';
import { positive, positiveInteger } from '../shared/arguments';

export interface DemoOptions {
  /** Training time. */
  seconds: number;
  /** Units of each of the four hidden layers. */
  width: number;
  seed: number;
  /** Where the page goes: a folder. */
  out: string;
  /** The text to train on; null for TypeScript's DOM declarations. */
  text: string | null;
  /** Held-out characters that are predicted. */
  evaluated: number;
  /** Characters of each sample. */
  sampled: number;
  /** Timed characters, and timed batches, of each model. */
  timedCharacters: number;
  timedBatches: number;
}

export const usage = `Trains a character model, quantizes it, and compares float32, int8, int4 and a mix.

Usage: npm run demo -- [options]

  --seconds <n>  train for n seconds (default 100)
  --width <n>    units of each of the four hidden layers (default 1024)
  --text <file>  the text to learn (default: the DOM declarations in node_modules/typescript)
  --seed <n>     of weights, batches and samples (default 1)
  --out <dir>    where the page goes (default demo-results)
  --smoke        everything in small, in seconds; the figures mean nothing
  --help         this text
`;

const full = {
  ...{ seconds: 100, width: 1024, evaluated: 32768, sampled: 320 },
  ...{ timedCharacters: 200, timedBatches: 100 },
};
const smoke = {
  ...{ seconds: 3, width: 128, evaluated: 2048, sampled: 60 },
  ...{ timedCharacters: 10, timedBatches: 5 },
};

/**
 * @returns the options, or null where help was asked for.
 * @throws TypeError or RangeError, fit to be shown, where an option is unknown or invalid.
 */
export function parseOptions(args: string[]): DemoOptions | null {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: 'string' },
      width: { type: 'string' },
      text: { type: 'string' },
      seed: { type: 'string' },
      out: { type: 'string' },
      smoke: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return null;
  const defaults = values.smoke ? smoke : full;
  return {
    ...defaults,
    seconds: positive('seconds', values.seconds, defaults.seconds),
    width: positiveInteger('width', values.width, defaults.width),
    seed: positiveInteger('seed', values.seed, 1),
    out: values.out ?? 'demo-results',
    text: values.text ?? null,
  };
}
