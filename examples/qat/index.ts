/**
 * Quantization-aware training: a transformer in int4 whose weights share a scale by the column, which
 * costs much when it is done after training, and little when the model has trained for it.
 *
 *   npm run example:qat
 *
 * It starts with the checkpoint of ../transformer, and continues on the same text: once in float32,
 * to see what training longer is worth by itself, and once with `prepareQat`.
 */
import '../shared/environment';
import * as tf from '../../src/index';
import { smokeOption } from '../shared/arguments';
import { spread } from '../shared/corpus';
import { bitsPerCharacter } from '../shared/evaluate';
import { fitToText } from '../shared/fit';
import { main } from '../shared/main';
import { Progress } from '../shared/progress';
import { percentMore } from '../shared/report/results';
import { alignColumns } from '../shared/report/table';
import { isDense } from '../shared/variants';
import { AUSTEN, loadCheckpoint, readBooks } from '../transformer/checkpoint';

const usage = `Trains a transformer for int4, and compares that with quantizing it after training.

Usage: npm run example:qat -- [--smoke]

  --smoke  two steps of training only; the figures mean nothing
`;

/** One scale for all weights of an output: the smallest form of int4, and the one that costs most. */
const INT4 = { weights: 'int4', groupSize: 512, symmetric: true, filter: isDense } as const;

interface Size {
  /** Steps of training. */
  steps: number;
  /** Windows of held-out text that are predicted. */
  windows: number;
}

async function run({ steps, windows }: Size): Promise<void> {
  const { convert, prepareQat, quantizeModel } = tf.qutlass;
  const corpus = readBooks(AUSTEN);
  const heldOut = spread(corpus.heldOut, windows);
  const rows: string[][] = [['', 'bits/char', '']];
  let float32 = NaN;
  const report = async (name: string, model: tf.LayersModel) => {
    const bits = await bitsPerCharacter(model, corpus, heldOut);
    if (rows.length === 1) float32 = bits;
    rows.push([name, bits.toFixed(4), percentMore(bits / float32 - 1)]);
  };

  const float = await loadCheckpoint();
  await report('float32', float);
  await report('int4 after training', quantizeModel(float, INT4));

  const training = { steps, batch: 8, learningRate: 0.0005, seed: 2 };
  const aware = prepareQat(float, INT4);
  await fitToText(aware, corpus, training, new Progress('quantization-aware'));
  await report(`int4 after ${steps} steps of quantization-aware training`, convert(aware));

  await fitToText(float, corpus, training, new Progress('float32'));
  await report(`float32 after ${steps} steps more`, float);
  await report('int4 after these', quantizeModel(float, INT4));

  process.stdout.write(`\n${alignColumns(rows)}\n`);
}

void main({
  usage,
  parse: smokeOption<Size>({ steps: 2, windows: 16 }, { steps: 300, windows: 256 }),
  run,
});
