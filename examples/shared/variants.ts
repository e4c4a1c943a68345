import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '../../src/index';
import { batchAt, spread, type Corpus } from './corpus';
import { bytesOf } from './files';
import type { Format } from './formats';
import { mixWithin } from './mixed';
import type { Progress } from './progress';

/** One form of the trained model, as it came back from disk. */
export interface Variant {
  format: Format;
  model: tf.LayersModel;
  bytesInMemory: number;
  bytesOnDisk: number;
}

/**
 * The model in each of the formats, saved below `folder` and loaded again; what is measured later is
 * what a program that loads such a file gets. Disposes of `model`.
 *
 * @throws where a loaded model does not give the same bits for the same text as the one that was
 * saved.
 */
export async function makeVariants(
  model: tf.LayersModel,
  formats: Format[],
  corpus: Corpus,
  folder: string,
  progress: Progress,
): Promise<Variant[]> {
  const variants: Variant[] = [];
  const { contexts, next } = batchAt(corpus, spread(corpus.heldOut, 8));
  for (const [index, format] of formats.entries()) {
    progress.update(index / formats.length, format.name);
    const quantized = await quantize(model, format, corpus);
    variants.push(await saveAndLoad(quantized, format, contexts, folder));
    if (quantized !== model) quantized.dispose();
  }
  tf.dispose([contexts, next]);
  model.dispose();
  progress.end(formats.map(({ name }) => name).join(', '));
  return variants;
}

/** Uniform formats are for the dense layers alone; a mix is for whatever `suggest` takes. */
async function quantize(
  model: tf.LayersModel,
  { options, within }: Format,
  corpus: Corpus,
): Promise<tf.LayersModel> {
  if (options === null) return model;
  const filter = options === 'mixed' ? await mixWithin(model, corpus, within!) : isDense;
  return tf.qutlass.quantizeModel(model, { ...(options === 'mixed' ? {} : options), filter });
}

export function isDense(layer: tf.layers.Layer): boolean {
  return layer.getClassName() === 'Dense';
}

async function saveAndLoad(
  original: tf.LayersModel,
  format: Format,
  contexts: tf.Tensor,
  parent: string,
): Promise<Variant> {
  const folder = join(parent, format.name.replace(/ /g, '-'));
  mkdirSync(folder);
  await original.save(`file://${folder}`);
  const before = tf.memory().numBytes;
  const model = await tf.loadLayersModel(`file://${join(folder, 'model.json')}`);
  const bytesInMemory = tf.memory().numBytes - before;
  if (!sameBits(predict(original, contexts), predict(model, contexts))) {
    throw new Error(`${format.name}: the loaded model differs from the one that was saved`);
  }
  return { format, model, bytesInMemory, bytesOnDisk: bytesOf(folder) };
}

function predict(model: tf.LayersModel, contexts: tf.Tensor): Float32Array {
  return tf.tidy(() => (model.predict(contexts) as tf.Tensor).dataSync<'float32'>());
}

function sameBits(a: Float32Array, b: Float32Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(
    Buffer.from(b.buffer, b.byteOffset, b.byteLength),
  );
}
