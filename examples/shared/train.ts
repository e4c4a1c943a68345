import { setImmediate as nextTurn } from 'node:timers/promises';
import * as tf from '../../src/index';
import { type Corpus, randomBatch } from './corpus';
import { meanNats } from './evaluate';
import type { Progress } from './progress';
import { seededRandom, type Random } from './random';

const WARM_UP_STEPS = 30;
/** The part of training after which the learning rate falls, along half a cosine. */
const DECAY_START = 0.3;
/** The part of the previous value that the displayed mean of the loss keeps at each step. */
const SMOOTHING = 0.9;

export interface TrainingOptions {
  /**
   * How long: a number of steps, which gives the same batches everywhere, or a time, in which what
   * is learnt depends on the machine.
   */
  length: { steps: number } | { seconds: number };
  /** Windows of the text a step. */
  batch: number;
  /** The highest learning rate of Adam. */
  learningRate: number;
  seed: number;
}

export interface TrainingResult {
  steps: number;
  characters: number;
  /** Of the last batches. */
  bits: number;
}

/** Trains `model` in place with Adam on random windows of the text. */
export async function train(
  model: tf.LayersModel,
  corpus: Corpus,
  { length, batch, learningRate: peak, seed }: TrainingOptions,
  progress: Progress,
): Promise<TrainingResult> {
  const random = seededRandom(seed);
  const optimizer = tf.train.adam(peak);
  const partDone = timer(length);
  let bits = NaN;
  let steps = 0;
  for (let part = 0; part < 1; part = partDone(steps)) {
    setLearningRate(optimizer, peak * rateFactor(steps, part));
    const loss = trainStep(model, optimizer, corpus, batch, random);
    bits = steps === 0 ? loss : SMOOTHING * bits + (1 - SMOOTHING) * loss;
    steps++;
    progress.update(partDone(steps), `${bits.toFixed(3)} bits/char`);
    await nextTurn();
  }
  optimizer.dispose();
  progress.end(`${steps} steps, ${bits.toFixed(3)} bits/char in training`);
  return { steps, characters: steps * batch * corpus.predicted, bits };
}

/** From the steps done, the part of training that is done. */
function timer(length: TrainingOptions['length']): (steps: number) => number {
  if ('steps' in length) return (steps) => steps / length.steps;
  const start = performance.now();
  return () => (performance.now() - start) / (length.seconds * 1000);
}

/** Bits a character of a fresh batch, before the step it is used for. */
function trainStep(
  model: tf.LayersModel,
  optimizer: tf.Optimizer,
  corpus: Corpus,
  batch: number,
  random: Random,
): number {
  return tf.tidy(() => {
    const { contexts, next } = randomBatch(corpus, batch, random);
    const loss = optimizer.minimize(
      () => meanNats(model.apply(contexts, { training: true }) as tf.Tensor, next),
      true,
    ) as tf.Scalar;
    return loss.dataSync()[0] / Math.LN2;
  });
}

function rateFactor(step: number, part: number): number {
  const warm = Math.min(1, (step + 1) / WARM_UP_STEPS);
  const decayed = Math.max(0, (part - DECAY_START) / (1 - DECAY_START));
  return warm * (0.5 + 0.5 * Math.cos(Math.PI * decayed));
}

/** tfjs's AdamOptimizer has its rate as a protected field, and no method to change it. */
export function setLearningRate(optimizer: tf.AdamOptimizer, rate: number): void {
  (optimizer as unknown as { learningRate: number }).learningRate = rate;
}
