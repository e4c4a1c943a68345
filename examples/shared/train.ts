import { setImmediate as nextTurn } from 'node:timers/promises';
import * as tf from '../../src/index';
import { batchAt, type Corpus } from './corpus';
import type { Progress } from './progress';
import { seededRandom, type Random } from './random';

const BATCH = 512;
const PEAK_LEARNING_RATE = 0.003;
const WARM_UP_STEPS = 30;
/** The part of the time after which the learning rate falls, along half a cosine. */
const DECAY_START = 0.3;
/** The part of the previous value that the displayed mean of the loss keeps at each step. */
const SMOOTHING = 0.9;

export interface TrainingResult {
  steps: number;
  characters: number;
  /** Of the last batches. */
  bits: number;
}

/**
 * Trains `model` in place with Adam on random batches, for a time: what it learns depends on the
 * machine, what it sees first on the seed alone.
 */
export async function train(
  model: tf.Sequential,
  corpus: Corpus,
  { seconds, seed }: { seconds: number; seed: number },
  progress: Progress,
): Promise<TrainingResult> {
  const random = seededRandom(seed);
  const optimizer = tf.train.adam(PEAK_LEARNING_RATE);
  const start = performance.now();
  const done = () => (performance.now() - start) / (seconds * 1000);
  let bits = NaN;
  let steps = 0;
  for (let part = 0; part < 1; part = done()) {
    setLearningRate(optimizer, learningRate(steps, part));
    const loss = trainStep(model, optimizer, corpus, random);
    bits = steps === 0 ? loss : SMOOTHING * bits + (1 - SMOOTHING) * loss;
    steps++;
    progress.update(done(), `${bits.toFixed(3)} bits/char`);
    await nextTurn();
  }
  optimizer.dispose();
  progress.end(`${steps} steps, ${bits.toFixed(3)} bits/char in training`);
  return { steps, characters: steps * BATCH, bits };
}

/** Bits a character of a fresh batch, before the step it is used for. */
function trainStep(
  model: tf.Sequential,
  optimizer: tf.Optimizer,
  corpus: Corpus,
  random: Random,
): number {
  return tf.tidy(() => {
    const { train } = corpus;
    const positions = Array.from(
      { length: BATCH },
      () => train[Math.floor(random() * train.length)],
    );
    const { contexts, next } = batchAt(corpus, positions);
    const labels = tf.oneHot(next, corpus.characters.length);
    const loss = optimizer.minimize(() => {
      const logits = model.apply(contexts, { training: true }) as tf.Tensor2D;
      return tf.losses.softmaxCrossEntropy(labels, logits);
    }, true) as tf.Scalar;
    return loss.dataSync()[0] / Math.LN2;
  });
}

function learningRate(step: number, part: number): number {
  const warm = Math.min(1, (step + 1) / WARM_UP_STEPS);
  const decayed = Math.max(0, (part - DECAY_START) / (1 - DECAY_START));
  return PEAK_LEARNING_RATE * warm * (0.5 + 0.5 * Math.cos(Math.PI * decayed));
}

// tfjs's AdamOptimizer has its rate as a protected field, and no method to change it.
function setLearningRate(optimizer: tf.AdamOptimizer, rate: number): void {
  (optimizer as unknown as { learningRate: number }).learningRate = rate;
}
