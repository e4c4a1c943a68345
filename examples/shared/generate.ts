import { setImmediate as nextTurn } from 'node:timers/promises';
import * as tf from '../../src/index';
import { CONTEXT, type Corpus } from './corpus';
import { seededRandom } from './random';

/** Below 1, likely characters get likelier. */
const TEMPERATURE = 0.6;

export interface Sample {
  prompt: string;
  continuation: string;
}

/** The held-out text before the first line that begins in it, for the models to continue. */
export function choosePrompt({ ids, heldOut, characters }: Corpus): Int32Array {
  const newline = characters.indexOf('\n');
  const end = heldOut.find((position) => ids[position - 1] === newline) ?? heldOut[0];
  return ids.slice(end - CONTEXT, end);
}

/** Continues `prompt` by `length` characters, each drawn from the model's softmax. */
export async function generate(
  model: tf.LayersModel,
  { characters }: Corpus,
  prompt: Int32Array,
  length: number,
  seed: number,
): Promise<Sample> {
  const random = seededRandom(seed);
  const ids = Array.from(prompt);
  for (let i = 0; i < length; i++) {
    ids.push(draw(nextLogits(model, ids.slice(-CONTEXT)), random()));
    await nextTurn();
  }
  const text = (numbers: number[]) => numbers.map((id) => characters[id]).join('');
  return { prompt: text(ids.slice(0, CONTEXT)), continuation: text(ids.slice(CONTEXT)) };
}

function nextLogits(model: tf.LayersModel, context: number[]): Float32Array {
  return tf.tidy(() => {
    const contexts = tf.tensor2d(context, [1, CONTEXT], 'int32');
    return (model.predictOnBatch(contexts) as tf.Tensor).dataSync<'float32'>();
  });
}

/** The index at which the cumulative softmax of `logits` passes `threshold`, a number in [0, 1). */
function draw(logits: Float32Array, threshold: number): number {
  const largest = logits.reduce((a, b) => Math.max(a, b));
  const weights = logits.map((logit) => Math.exp((logit - largest) / TEMPERATURE));
  let left = threshold * weights.reduce((a, b) => a + b);
  const index = weights.findIndex((weight) => (left -= weight) < 0);
  return index < 0 ? weights.length - 1 : index;
}
