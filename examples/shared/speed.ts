import { setImmediate as nextTurn } from 'node:timers/promises';
import * as tf from '../../src/index';
import { batchAt, type Corpus } from './corpus';
import type { Writer } from './writer';

/** Calls of one model in a row, before the next model has its turn. */
const BURST = 10;

/**
 * The median milliseconds that a character takes, one after the other, with each of the writers:
 * from its number to the logits of the next one in JavaScript. The models take turns, so that
 * whatever else the machine does meets them alike.
 */
export async function millisecondsACharacter(
  writers: Writer[],
  prompt: Int32Array,
  calls: number,
): Promise<number[]> {
  return inTurns(writers, calls, BURST, (writer) => {
    writer.start(prompt);
    return (call) => void writer.next(prompt[call % prompt.length]);
  });
}

/** The median milliseconds of a prediction for a batch of windows, likewise. */
export async function millisecondsABatch(
  models: tf.LayersModel[],
  corpus: Corpus,
  batch: number,
  calls: number,
): Promise<number[]> {
  const { contexts, next } = batchAt(corpus, corpus.heldOut.subarray(0, batch));
  const predict = (model: tf.LayersModel) =>
    tf.tidy(() => void (model.predictOnBatch(contexts) as tf.Tensor).dataSync());
  const times = await inTurns(models, calls, 1, (model) => () => predict(model));
  tf.dispose([contexts, next]);
  return times;
}

/** Medians of at least `calls` calls each, in bursts; the first burst of each is not counted. */
async function inTurns<T>(
  subjects: T[],
  calls: number,
  burst: number,
  begin: (subject: T) => (call: number) => void,
): Promise<number[]> {
  const times: number[][] = subjects.map(() => []);
  for (const subject of subjects) timeCalls(begin(subject), burst);
  while (times[0].length < calls) {
    for (const [index, subject] of subjects.entries()) {
      times[index].push(...timeCalls(begin(subject), burst));
    }
    await nextTurn();
  }
  return times.map(median);
}

function timeCalls(call: (index: number) => void, calls: number): number[] {
  return Array.from({ length: calls }, (_, index) => {
    const start = performance.now();
    call(index);
    return performance.now() - start;
  });
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
