import * as tf from '../../src/index';
import { batchAt, spread, type Corpus } from './corpus';
import { bitsPerCharacter } from './evaluate';

type Filter = ReturnType<typeof tf.qutlass.suggest>['filter'];

/** Characters of the text for training that show `suggest` what formats do to the logits. */
const SHOWN = 512;
/** Characters of it whose bits are compared. */
const CHECKED = 8192;
/** The part of what may be lost that is aimed at: other text may lose more. */
const AIM = 0.8;

/**
 * A filter for `quantizeModel` that mixes formats so that text of the training part costs at most
 * `within` more bits: 0.01 is one in a hundred.
 *
 * `suggest` keeps to an error of the logits. What that costs in bits grows with its square, so one
 * quantized model whose error and bits are known tells which error to ask for.
 */
export async function mixWithin(
  model: tf.LayersModel,
  corpus: Corpus,
  within: number,
): Promise<Filter> {
  const { compareModels, quantizeModel, suggest } = tf.qutlass;
  const windows = (characters: number) => Math.ceil(characters / corpus.predicted);
  const { contexts, next } = batchAt(corpus, spread(corpus.train, windows(SHOWN)));
  const checked = spread(corpus.train, windows(CHECKED));
  const bits = await bitsPerCharacter(model, corpus, checked);
  const lossOf = async (filter?: Filter) => {
    const quantized = quantizeModel(model, { weights: 'int4', filter });
    const lost = (await bitsPerCharacter(quantized, corpus, checked)) / bits - 1;
    const { error } = compareModels(model, quantized, contexts);
    quantized.dispose();
    return { lost, error };
  };
  try {
    const { lost, error } = await lossOf();
    let maxError = error * Math.sqrt((AIM * within) / Math.max(lost, Number.MIN_VALUE));
    for (;;) {
      const { filter } = suggest(model, contexts, { maxError });
      if ((await lossOf(filter)).lost <= within) return filter;
      maxError /= 2; // ends at the latest where nothing is quantized
    }
  } finally {
    tf.dispose([contexts, next]);
  }
}
