import { setImmediate as nextTurn } from 'node:timers/promises';
import * as tf from '../../src/index';
import { batchAt, type Corpus } from './corpus';

const WARM_UP_CALLS = 10;
/** Calls of one model in a row, before the next model has its turn. */
const BURST = 10;

/**
 * The median milliseconds of a prediction, for each model: from a batch on the device to its logits
 * in JavaScript. The models take turns, so that whatever else the machine does meets them alike.
 */
export async function medianMilliseconds(
  models: tf.LayersModel[],
  corpus: Corpus,
  batch: number,
  calls: number,
): Promise<number[]> {
  const { contexts, next } = batchAt(corpus, corpus.heldOut.subarray(0, batch));
  const times: number[][] = models.map(() => []);
  for (const model of models) timeCalls(model, contexts, WARM_UP_CALLS);
  while (times[0].length < calls) {
    for (const [index, model] of models.entries()) {
      times[index].push(...timeCalls(model, contexts, Math.min(BURST, calls)));
    }
    await nextTurn();
  }
  tf.dispose([contexts, next]);
  return times.map(median);
}

function timeCalls(model: tf.LayersModel, contexts: tf.Tensor, calls: number): number[] {
  return Array.from({ length: calls }, () => {
    const start = performance.now();
    tf.tidy(() => (model.predictOnBatch(contexts) as tf.Tensor).dataSync());
    return performance.now() - start;
  });
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
