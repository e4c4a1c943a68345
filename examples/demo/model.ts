import * as tf from '../../src/index';

/** Characters that a prediction sees. */
export const CONTEXT = 16;

const HIDDEN_LAYERS = 4;
const EMBEDDING = 32;

/**
 * The language model: the last CONTEXT characters, embedded side by side, through dense layers to
 * one logit a character that may come next (Bengio et al., 'A Neural Probabilistic Language Model',
 * JMLR 3, 2003, on characters and deeper).
 */
export function makeModel(vocabulary: number, width: number, seed: number): tf.Sequential {
  const model = tf.sequential({ name: 'characters' });
  model.add(
    tf.layers.embedding({
      name: 'embedding',
      inputDim: vocabulary,
      outputDim: EMBEDDING,
      inputLength: CONTEXT,
      embeddingsInitializer: tf.initializers.randomNormal({ stddev: 1, seed }),
    }),
  );
  model.add(tf.layers.flatten({ name: 'context' }));
  for (let index = 1; index <= HIDDEN_LAYERS; index++) {
    model.add(
      tf.layers.dense({
        name: `hidden_${index}`,
        units: width,
        activation: 'relu',
        kernelInitializer: tf.initializers.heNormal({ seed: seed + index }),
      }),
    );
  }
  model.add(
    tf.layers.dense({
      name: 'logits',
      units: vocabulary,
      kernelInitializer: tf.initializers.randomNormal({ stddev: 0.01, seed }),
    }),
  );
  return model;
}
