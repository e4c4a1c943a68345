import type * as tf from '../../src/index';
import type { Corpus } from './corpus';
import { bitsPerCharacter } from './evaluate';
import { choosePrompt, generate } from './generate';
import type { Progress } from './progress';
import type { Measurement, Speed } from './report/results';
import { millisecondsABatch, millisecondsACharacter } from './speed';
import type { Variant } from './variants';
import type { Writer } from './writer';

/** A kind of language model, and the text that it is for. */
export interface Task {
  corpus: Corpus;
  writer: (model: tf.LayersModel) => Writer;
  /** Characters of the text that a sample begins with. */
  promptLength: number;
  /** Windows that are predicted at once where the speed in batches is measured. */
  batch: number;
}

export interface MeasureOptions {
  /** Characters that each model writes. */
  sampled: number;
  /** Timed characters, and timed batches, of each model. */
  timedCharacters: number;
  timedBatches: number;
  seed: number;
}

/** Speed first, all variants in turns, then each one's quality on the windows at `positions`. */
export async function measure(
  variants: Variant[],
  task: Task,
  positions: Int32Array,
  options: MeasureOptions,
  progress: Progress,
): Promise<Measurement[]> {
  const steps = 1 + 2 * variants.length;
  progress.update(0, 'speed');
  const speeds = await measureSpeed(
    variants.map(({ model }) => model),
    task,
    options,
  );
  const prompt = choosePrompt(task.corpus, task.promptLength);
  const measurements: Measurement[] = [];
  for (const [index, { format, model, bytesInMemory, bytesOnDisk }] of variants.entries()) {
    const { name } = format;
    progress.update((1 + 2 * index) / steps, `${name}, held-out text`);
    const bits = await bitsPerCharacter(model, task.corpus, positions);
    progress.update((2 + 2 * index) / steps, `${name}, writing`);
    const writer = task.writer(model);
    const sample = await generate(writer, task.corpus, prompt, options.sampled, options.seed);
    writer.dispose();
    measurements.push({ name, bytesInMemory, ...speeds[index], bits, bytesOnDisk, sample });
  }
  progress.end('done');
  return measurements;
}

/** How fast the models write, and predict in batches. */
export async function measureSpeed(
  models: tf.LayersModel[],
  { corpus, writer, promptLength, batch }: Task,
  { timedCharacters, timedBatches }: MeasureOptions,
): Promise<Speed[]> {
  const writers = models.map(writer);
  const prompt = choosePrompt(corpus, promptLength);
  const single = await millisecondsACharacter(writers, prompt, timedCharacters);
  for (const one of writers) one.dispose();
  const batched = await millisecondsABatch(models, corpus, batch, timedBatches);
  return models.map((_, index) => ({
    milliseconds: single[index],
    charactersPerSecond: (1000 * batch * corpus.predicted) / batched[index],
  }));
}
