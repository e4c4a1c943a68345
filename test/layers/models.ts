/** Small seeded models, and what specs do with them. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { initializers, input, layers, model, sequential } from '@tensorflow/tfjs-layers';
import type { LayersModel, Sequential, SymbolicTensor } from '@tensorflow/tfjs-layers';

import { type Contents, contentsOf } from '../support/contents';

type DenseArgs = Parameters<typeof layers.dense>[0];

/** A Dense layer with a seeded kernel and a bias that is not 0. */
export function dense(args: DenseArgs & { seed: number }) {
  const { seed, ...rest } = args;
  return layers.dense({
    kernelInitializer: initializers.glorotNormal({ seed }),
    biasInitializer: initializers.randomUniform({ minval: -0.5, maxval: 0.5, seed }),
    ...rest,
  });
}

/** 37 → 24 relu → dropout → 16 tanh → 5 softmax. */
export function classifier(): Sequential {
  return sequential({
    name: 'classifier',
    layers: [
      dense({ name: 'first', units: 24, inputShape: [37], activation: 'relu', seed: 1 }),
      layers.dropout({ name: 'dropout', rate: 0.5 }),
      dense({ name: 'second', units: 16, activation: 'tanh', useBias: false, seed: 2 }),
      dense({ name: 'logits', units: 5, activation: 'softmax', seed: 3 }),
    ],
  });
}

/** Two inputs through one shared layer, concatenated, to two outputs. */
export function siamese(): LayersModel {
  const left = input({ shape: [20], name: 'left' });
  const right = input({ shape: [20], name: 'right' });
  const shared = dense({ name: 'shared', units: 12, activation: 'relu', seed: 4 });
  const joined = layers
    .concatenate({ name: 'joined' })
    .apply([shared.apply(left), shared.apply(right)] as SymbolicTensor[]);
  const scaled = layers.batchNormalization({ name: 'scaled' }).apply(joined);
  const score = dense({ name: 'score', units: 1, activation: 'sigmoid', seed: 5 }).apply(scaled);
  const label = dense({ name: 'label', units: 4, seed: 6 }).apply(scaled);
  return model({
    name: 'siamese',
    inputs: [left, right],
    outputs: [score, label] as SymbolicTensor[],
  });
}

/** Tokens, embedded, through a nested model that is applied at every step. */
export function nested(): LayersModel {
  const encoder = sequential({
    name: 'encoder',
    layers: [
      dense({ name: 'wide', units: 24, inputShape: [6, 8], activation: 'relu6', seed: 7 }),
      dense({ name: 'narrow', units: 10, seed: 8 }),
    ],
  });
  const tokens = input({ shape: [6], name: 'tokens', dtype: 'int32' });
  const embedded = layers
    .embedding({
      name: 'embedding',
      inputDim: 11,
      outputDim: 8,
      embeddingsInitializer: initializers.randomNormal({ seed: 9 }),
    })
    .apply(tokens);
  const flat = layers.flatten({ name: 'flat' }).apply(encoder.apply(embedded) as SymbolicTensor);
  const output = dense({ name: 'head', units: 3, seed: 10 }).apply(flat) as SymbolicTensor;
  return model({ name: 'nested', inputs: tokens, outputs: output });
}

/** What `model.save` hands to a handler. */
export async function artifactsOf(model: LayersModel): Promise<tf.io.ModelArtifacts> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return artifacts!;
}

/** Seeded normal values for inputs. */
export function inputOf(shape: number[], seed: number): Tensor {
  return tf.randomNormal(shape, 0, 1, 'float32', seed);
}

/** Tokens for `nested`. */
export function tokensOf(rows: number): Tensor {
  return tf.tensor2d(
    Array.from({ length: 6 * rows }, (_, i) => (7 * i) % 11),
    [rows, 6],
    'int32',
  );
}

/** The contents of every output. */
export function predict(model: LayersModel, inputs: Tensor | Tensor[]): Contents[] {
  const outputs = model.predict(inputs);
  const contents = (Array.isArray(outputs) ? outputs : [outputs]).map(contentsOf);
  tf.dispose(outputs);
  return contents;
}

/** sqrt(Σ(actual − expected)² / Σ expected²) */
export function relativeError(actual: Contents, expected: Contents): number {
  const square = (sum: number, value: number) => sum + value * value;
  const values = Array.from<number>(expected.values as Float32Array);
  const differences = values.map((value, i) => actual.values[i] - value);
  return Math.sqrt(differences.reduce(square, 0) / values.reduce(square, 0));
}
