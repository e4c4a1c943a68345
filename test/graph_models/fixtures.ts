/** The graph models of test/fixtures: those of the converter, and what they were quantized to. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';

import type { QuantizeGraphModelOptions } from '../../src/graph_models';

const FIXTURES = join(__dirname, '../fixtures');

export const FORMATS: Record<string, QuantizeGraphModelOptions> = {
  int8: { weights: 'int8' },
  'int8-zero-points': { weights: 'int8', symmetric: false },
  int4: { weights: 'int4', groupSize: 8 },
  'int4-symmetric': { weights: 'int4', groupSize: 16, symmetric: true },
};

/** expected.json: inputs, and what a model gave for them when it was saved. */
interface Expected {
  inputs: Record<string, number[]>;
  outputs: Record<string, number[]>;
}

const json = (name: string, file: string) =>
  JSON.parse(readFileSync(join(FIXTURES, name, file), 'utf8'));

/** Reads a model as tfjs-node's handler of files does, which is not there on every run. */
export function loadFixture(name: string): Promise<GraphModel> {
  const { weightsManifest, ...rest } = json(name, 'model.json');
  const [{ paths, weights: weightSpecs }] = weightsManifest;
  const weightData = new Uint8Array(readFileSync(join(FIXTURES, name, paths[0]))).buffer;
  return loadGraphModel(tf.io.fromMemory({ ...rest, weightSpecs, weightData }));
}

/** The inputs of a fixture, and its outputs of then, flat. */
export function expectedOf(
  name: string,
  model: GraphModel,
): { inputs: Record<string, Tensor>; outputs: number[] } {
  const { inputs, outputs } = json(name, 'expected.json') as Expected;
  const dtypes = Object.fromEntries(model.inputs.map((input) => [input.name, input.dtype]));
  const tensors = Object.entries(inputs).map(([input, values]) => [
    input,
    tf.tensor(values, undefined, dtypes[input] as 'float32' | 'int32'),
  ]);
  return {
    inputs: Object.fromEntries(tensors),
    outputs: Object.values(outputs).flat(Infinity) as number[],
  };
}

export function outputsOf(model: GraphModel, inputs: Record<string, Tensor>): number[] {
  const outputs = [model.predict(inputs)].flat() as Tensor[];
  return outputs.flatMap((output) => Array.from(output.dataSync()));
}

/** Writes a model with the outputs that it gives. */
export async function writeFixture(
  name: string,
  model: GraphModel,
  inputs: Record<string, Tensor>,
): Promise<void> {
  const folder = join(FIXTURES, name);
  mkdirSync(folder, { recursive: true });
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      const { modelTopology, weightSpecs, weightData, format, signature } = artifacts;
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      const text = JSON.stringify({ format, signature, modelTopology, weightsManifest });
      writeFileSync(join(folder, 'model.json'), text);
      writeFileSync(join(folder, 'weights.bin'), Buffer.from(weightData as ArrayBuffer));
      return Promise.resolve({
        modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' },
      });
    }),
  );
  const expected = {
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([input, tensor]) => [input, tensor.arraySync()]),
    ),
    outputs: { all: outputsOf(model, inputs) },
  };
  writeFileSync(join(folder, 'expected.json'), JSON.stringify(expected));
}
