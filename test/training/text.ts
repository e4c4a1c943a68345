/** Real text, to predict the next character of. */
import { readFileSync } from 'node:fs';

import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { sequential, type LayersModel, type Sequential } from '@tensorflow/tfjs-layers';

import { dense } from '../layers/models';

const CONTEXT = 6;

/** Contexts, one-hot and flattened, and the characters that follow them, one-hot. */
export type Task = { x: Tensor2D; y: Tensor2D };

const text = readFileSync(require.resolve('typescript/lib/lib.dom.d.ts'), 'utf8').toLowerCase();
const characters = [...new Set(text)].sort();

function oneHot(of: string): Tensor {
  const ids = Array.from(of, (character) => characters.indexOf(character));
  return tf.oneHot(tf.tensor1d(ids, 'int32'), characters.length);
}

/** Predictions within the characters `start` … `end` of TypeScript's DOM declarations. */
export function textTask(start: number, end: number): Task {
  const positions: number[] = [];
  for (let position = start; position < end; position += CONTEXT) positions.push(position);
  const contexts = positions.map((position) => text.slice(position, position + CONTEXT)).join('');
  const next = positions.map((position) => text[position + CONTEXT]).join('');
  return tf.tidy(() => ({
    x: tf.reshape(oneHot(contexts), [positions.length, CONTEXT * characters.length]),
    y: tf.cast(oneHot(next), 'float32') as Tensor2D,
  }));
}

/** Context → 16 relu → 16 relu → characters. */
export function textModel({ x, y }: Task): Sequential {
  return sequential({
    layers: [
      dense({ name: 'first', units: 16, inputShape: [x.shape[1]], activation: 'relu', seed: 1 }),
      dense({ name: 'second', units: 16, activation: 'relu', seed: 2 }),
      dense({ name: 'logits', units: y.shape[1], activation: 'softmax', seed: 3 }),
    ],
  });
}

/** Trains without chance: the same batches, in the same order, every time. */
export async function train(
  model: LayersModel,
  { x, y }: Task,
  options: { epochs: number; learningRate: number },
): Promise<void> {
  const optimizer = tf.train.adam(options.learningRate);
  model.compile({ optimizer, loss: 'categoricalCrossentropy' });
  await model.fit(x, y, { epochs: options.epochs, batchSize: 128, shuffle: false, verbose: 0 });
  optimizer.dispose();
}

/** Bits a character. */
export function loss(model: LayersModel, { x, y }: Task): number {
  return tf.tidy(() => {
    const probabilities = tf.sum(tf.mul(model.predict(x) as Tensor2D, y), 1);
    return -tf.mean(tf.log(probabilities)).dataSync()[0] / Math.LN2;
  });
}
