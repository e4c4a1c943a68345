import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '../../src/index';

/** One form of the trained model, as it came back from disk. */
export interface Variant {
  name: string;
  model: tf.LayersModel;
  bytesInMemory: number;
  bytesOnDisk: number;
}

/** int4 in the smallest of the formats that keep within 3 % of float32 on this model. */
const INT4_GROUP = 64;

/**
 * The model with its dense layers in float32, int8 and int4, each saved below `folder` and loaded again; what is measured
 * later is what a program that loads such a file gets. Disposes of `model`.
 *
 * @throws where a loaded model does not give the same bits for `sample` as the one that was saved.
 */
export async function makeVariants(
  model: tf.LayersModel,
  sample: tf.Tensor,
  folder: string,
): Promise<Variant[]> {
  const { quantizeModel } = tf.qutlass;
  const filter = (layer: tf.layers.Layer) => layer.getClassName() === 'Dense';
  const int4 = { weights: 'int4', groupSize: INT4_GROUP, symmetric: true, filter } as const;
  const originals = new Map([
    ['float32', model],
    ['int8', quantizeModel(model, { weights: 'int8', filter })],
    [`int4 g${INT4_GROUP}`, quantizeModel(model, int4)],
  ]);
  const variants: Variant[] = [];
  for (const [name, original] of originals) {
    variants.push(await saveAndLoad(name, original, sample, folder));
    original.dispose();
  }
  return variants;
}

async function saveAndLoad(
  name: string,
  original: tf.LayersModel,
  sample: tf.Tensor,
  parent: string,
): Promise<Variant> {
  const folder = join(parent, name.replace(' ', '-'));
  mkdirSync(folder);
  await original.save(`file://${folder}`);
  const before = tf.memory().numBytes;
  const model = await tf.loadLayersModel(`file://${join(folder, 'model.json')}`);
  const bytesInMemory = tf.memory().numBytes - before;
  if (!sameBits(predict(original, sample), predict(model, sample))) {
    throw new Error(`${name}: the model that was loaded differs from the one that was saved`);
  }
  return { name, model, bytesInMemory, bytesOnDisk: bytesOf(folder) };
}

function predict(model: tf.LayersModel, sample: tf.Tensor): Float32Array {
  return tf.tidy(() => (model.predict(sample) as tf.Tensor).dataSync<'float32'>());
}

function sameBits(a: Float32Array, b: Float32Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(
    Buffer.from(b.buffer, b.byteOffset, b.byteLength),
  );
}

function bytesOf(folder: string): number {
  return readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}
