import { setImmediate as nextTurn } from 'node:timers/promises';
import * as tf from '../../src/index';
import { batchAt, type Corpus } from './corpus';

const BATCH = 512;

/** The mean of −log2 of the probability that the model gave to the character that came. */
export async function bitsPerCharacter(
  model: tf.LayersModel,
  corpus: Corpus,
  positions: Int32Array,
): Promise<number> {
  let nats = 0;
  for (let start = 0; start < positions.length; start += BATCH) {
    nats += natsOf(model, corpus, positions.subarray(start, start + BATCH));
    await nextTurn();
  }
  return nats / positions.length / Math.LN2;
}

function natsOf(model: tf.LayersModel, corpus: Corpus, positions: Int32Array): number {
  return tf.tidy(() => {
    const { contexts, next } = batchAt(corpus, positions);
    const logits = model.predictOnBatch(contexts) as tf.Tensor2D;
    const labels = tf.oneHot(next, corpus.characters.length);
    return tf.losses
      .softmaxCrossEntropy(labels, logits, undefined, undefined, tf.Reduction.SUM)
      .dataSync()[0];
  });
}
