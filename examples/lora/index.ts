/**
 * Low-rank adapters on a frozen int4 model: a transformer that was trained on Jane Austen's novels
 * learns to read Moby Dick, in adapters that take a tenth of the bytes of its float32 weights.
 *
 *   npm run example:lora
 *
 * It starts with the checkpoint of ../transformer.
 */
import '../shared/environment';
import { join } from 'node:path';
import * as tf from '../../src/index';
import { smokeOption } from '../shared/arguments';
import type { Cleanup } from '../shared/cleanup';
import { spread } from '../shared/corpus';
import { bitsPerCharacter } from '../shared/evaluate';
import { bytesOf, temporaryFolder } from '../shared/files';
import { fitToText } from '../shared/fit';
import { main } from '../shared/main';
import { Progress } from '../shared/progress';
import { megabytes } from '../shared/report/results';
import { alignColumns } from '../shared/report/table';
import { isDense } from '../shared/variants';
import { AUSTEN, loadCheckpoint, readBooks } from '../transformer/checkpoint';

const usage = `Fine-tunes a transformer in int4 with low-rank adapters, on a text that it does not know.

Usage: npm run example:lora -- [--smoke]

  --smoke  two steps of training only; the figures mean nothing
`;

interface Size {
  /** Steps of training. */
  steps: number;
  /** Windows of held-out text that are predicted, of either text. */
  windows: number;
}

async function run({ steps, windows }: Size, cleanup: Cleanup): Promise<void> {
  const { addLora, inspectModel, loadLora, mergeLora, quantizeModel, saveLora } = tf.qutlass;
  const [known, unknown] = [readBooks(AUSTEN), readBooks(['melville-moby_dick'])];
  const rows: string[][] = [['bits/char', 'Austen', 'Melville', 'weights']];
  const report = async (name: string, model: tf.LayersModel) => {
    const bits = (corpus: typeof known) =>
      bitsPerCharacter(model, corpus, spread(corpus.heldOut, windows));
    const cells = [(await bits(known)).toFixed(4), (await bits(unknown)).toFixed(4)];
    rows.push([name, ...cells, megabytes(inspectModel(model).bytesAfter)]);
  };

  const float = await loadCheckpoint();
  await report('float32', float);
  const base = quantizeModel(float, { weights: 'int4', groupSize: 32, filter: isDense });
  await report('int4, the base', base);

  const tuned = addLora(base, { rank: 8, seed: 1 });
  const training = { steps, batch: 8, learningRate: 0.003, seed: 1 };
  await fitToText(tuned, unknown, training, new Progress('adapters'));

  // The adapters alone are what has to be kept: the base is the same for all that it is tuned for.
  const folder = join(temporaryFolder(cleanup), 'adapters');
  await saveLora(tuned, `file://${folder}`);
  await report('int4 with adapters', await loadLora(base, `file://${folder}/model.json`));
  await report('merged, int4 again', mergeLora(tuned));
  await report('merged, float32', mergeLora(tuned, { requantize: false }));

  process.stdout.write(
    `\n${alignColumns(rows)}\n\nthe adapters' file: ${megabytes(bytesOf(folder))}\n`,
  );
}

void main({
  usage,
  parse: smokeOption<Size>({ steps: 2, windows: 16 }, { steps: 200, windows: 256 }),
  run,
});
