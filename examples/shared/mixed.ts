import * as tf from '../../src/index';
import { batchAt, spread, type Corpus } from './corpus';
import { bitsPerCharacter } from './evaluate';

type Filter = ReturnType<typeof tf.qutlass.suggest>['filter'];

/** Characters of the text for training that show `suggest` what formats do to the logits. */
const SHOWN = 1024;
/** Characters of it on which a filter must keep within the loss, and the windows that predict them. */
const CHECKED = 16384;
/** What `suggest` is allowed, in turn: the relative error of the logits. */
const BUDGETS = [0.16, 0.08, 0.04, 0.02, 0.01, 0.005];

/**
 * A filter for `quantizeModel` that mixes formats so that little is lost: `suggest` knows the error of
 * the logits, not the bits that it costs, so the largest budget is taken with which text of the
 * training part costs at most `within` more.
 *
 * @throws where even the smallest budget loses more.
 */
export async function mixWithin(
  model: tf.LayersModel,
  corpus: Corpus,
  within: number,
): Promise<Filter> {
  const windows = (characters: number) => Math.ceil(characters / corpus.predicted);
  const { contexts, next } = batchAt(corpus, spread(corpus.train, windows(SHOWN)));
  const checked = spread(corpus.train, windows(CHECKED));
  try {
    const limit = (1 + within) * (await bitsPerCharacter(model, corpus, checked));
    for (const maxError of BUDGETS) {
      const { filter } = tf.qutlass.suggest(model, contexts, { maxError });
      const mixed = tf.qutlass.quantizeModel(model, { filter });
      const bits = await bitsPerCharacter(mixed, corpus, checked);
      mixed.dispose();
      if (bits <= limit) return filter;
    }
  } finally {
    tf.dispose([contexts, next]);
  }
  throw new Error(`no mix of formats stays within ${100 * within} % of float32's bits a character`);
}
