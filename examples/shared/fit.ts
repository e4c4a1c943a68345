import * as tf from '../../src/index';
import { type Corpus, randomBatch } from './corpus';
import type { Progress } from './progress';
import { seededRandom } from './random';
import { setLearningRate } from './train';

export interface FitOptions {
  steps: number;
  /** Windows of the text a step. */
  batch: number;
  /** Of Adam at first; it falls to 0 along a line. */
  learningRate: number;
  seed: number;
}

/** Compiles `model`, and fits it to random windows of the text, the same ones for the same seed. */
export async function fitToText(
  model: tf.LayersModel,
  corpus: Corpus,
  { steps, batch, learningRate, seed }: FitOptions,
  progress: Progress,
): Promise<void> {
  const random = seededRandom(seed);
  const letters = corpus.characters.length;
  const windows = tf.data.generator(function* () {
    for (;;) {
      yield tf.tidy(() => {
        const { contexts, next } = randomBatch(corpus, batch, random);
        const labels = tf.oneHot(next, letters);
        return { xs: contexts, ys: tf.reshape(labels, [batch, corpus.predicted, letters]) };
      });
    }
  });
  const optimizer = tf.train.adam(learningRate);
  const loss = (labels: tf.Tensor, logits: tf.Tensor) =>
    tf.losses.softmaxCrossEntropy(labels, logits);
  model.compile({ optimizer, loss });
  await model.fitDataset(windows, {
    ...{ epochs: 1, batchesPerEpoch: steps, verbose: 0 },
    callbacks: {
      onBatchBegin: (step) => {
        setLearningRate(optimizer, learningRate * (1 - step / steps));
        return Promise.resolve();
      },
      onBatchEnd: (step, logs) => {
        const bits = (logs!.loss as number) / Math.LN2;
        progress.update((step + 1) / steps, `${bits.toFixed(3)} bits/char`);
        return Promise.resolve();
      },
    },
  });
  optimizer.dispose();
  progress.end(`${steps} steps`);
}
