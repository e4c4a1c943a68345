import { setImmediate as nextTurn } from 'node:timers/promises';
import * as tf from '../../src/index';
import { batchAt, type Corpus } from './corpus';

/** Characters that are predicted at once. */
const BATCH = 2048;

/**
 * The mean of −log2 of the probability that the model gave to the character that came, over the
 * windows of the text that end at `positions`.
 */
export async function bitsPerCharacter(
  model: tf.LayersModel,
  corpus: Corpus,
  positions: Int32Array,
): Promise<number> {
  const windows = Math.ceil(BATCH / corpus.context);
  let nats = 0;
  for (let start = 0; start < positions.length; start += windows) {
    const some = positions.subarray(start, start + windows);
    nats += some.length * natsOf(model, corpus, some);
    await nextTurn();
  }
  return nats / positions.length / Math.LN2;
}

function natsOf(model: tf.LayersModel, corpus: Corpus, positions: Int32Array): number {
  return tf.tidy(() => {
    const { contexts, next } = batchAt(corpus, positions);
    return meanNats(model.predictOnBatch(contexts) as tf.Tensor, next).dataSync()[0];
  });
}

/** The cross-entropy of logits `[…, characters]` and the characters that came, one a row. */
export function meanNats(logits: tf.Tensor, next: tf.Tensor1D): tf.Scalar {
  const characters = logits.shape[logits.shape.length - 1];
  const rows: tf.Tensor2D = tf.reshape(logits, [-1, characters]);
  return tf.losses.softmaxCrossEntropy(tf.oneHot(next, characters), rows) as tf.Scalar;
}
