import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Corpus } from './corpus';
import { seededRandom } from './random';
import type { Writer } from './writer';

/** Below 1, likely characters get likelier. */
const TEMPERATURE = 0.6;

export interface Sample {
  prompt: string;
  continuation: string;
}

/** The `length` characters before the first line that begins in the held-out text. */
export function choosePrompt({ ids, heldOut, characters }: Corpus, length: number): Int32Array {
  const newline = characters.indexOf('\n');
  const end = heldOut.find((position) => ids[position - 1] === newline) ?? heldOut[0];
  return ids.slice(end - length, end);
}

/** Continues `prompt` by `length` characters, each drawn from the model's softmax. */
export async function generate(
  writer: Writer,
  { characters }: Corpus,
  prompt: Int32Array,
  length: number,
  seed: number,
): Promise<Sample> {
  const random = seededRandom(seed);
  const written: number[] = [];
  let logits = writer.start(prompt);
  while (written.length < length) {
    const id = draw(logits, random());
    written.push(id);
    if (written.length < length) logits = writer.next(id);
    await nextTurn();
  }
  const text = (ids: Iterable<number>) => Array.from(ids, (id) => characters[id]).join('');
  return { prompt: text(prompt), continuation: text(written) };
}

/** The index at which the cumulative softmax of `logits` passes `threshold`, a number in [0, 1). */
function draw(logits: Float32Array, threshold: number): number {
  const largest = logits.reduce((a, b) => Math.max(a, b));
  const weights = logits.map((logit) => Math.exp((logit - largest) / TEMPERATURE));
  let left = threshold * weights.reduce((a, b) => a + b);
  const index = weights.findIndex((weight) => (left -= weight) < 0);
  return index < 0 ? weights.length - 1 : index;
}
