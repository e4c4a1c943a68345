import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';

import { inspectGraphModel, quantizeGraphModel } from '../../src/graph_models';
import { GRAPH_FORMAT_VERSION } from '../../src/graph_models/quantized_product';
import { linearInt8, quantizeWeightInt8 } from '../../src/ops';
import { describeOnBackends, describePending } from '../support/backends';
import { temporaryFolder } from '../support/temporary_folder';
import { contentsOf } from '../support/contents';
import { expectedOf, FORMATS, loadFixture, outputsOf } from './fixtures';
import { reloaded } from './graphs';

const CONVERTED = ['keras_classifier', 'keras_classifier_float16', 'attention'].map(
  (name) => `graph_models/${name}`,
);

/** How far outputs may be off, as a share of what they are. */
const ERRORS: Record<string, number> = { int8: 0.05, int4: 0.35 };

function relativeError(values: number[], expected: number[]): number {
  const norm = (numbers: number[]) => Math.hypot(...numbers);
  return norm(values.map((value, i) => value - expected[i])) / norm(expected);
}

/** The last part of a node's name that means something. */
const short = (name: string) => name.replace(/^StatefulPartitionedCall\/(sequential\w*\/)?/, '');

describeOnBackends('A model of the TensorFlow converter', (backend) => {
  for (const name of CONVERTED) {
    it(`${name} gives what TensorFlow gave, and quantized about the same`, async () => {
      const float = await loadFixture(name);
      const { inputs, outputs } = expectedOf(name, float);
      expect(relativeError(outputsOf(float, inputs), outputs)).toBeLessThan(2e-3);
      for (const [format, options] of Object.entries(FORMATS)) {
        const quantized = await quantizeGraphModel(float, options);
        const values = outputsOf(quantized, inputs);
        expect(relativeError(values, outputs)).toBeLessThan(ERRORS[format.slice(0, 4)]);
        expect(outputsOf(await reloaded(quantized), inputs)).toEqual(values);
        expect(quantized.inputNodes).toEqual(float.inputNodes);
        expect(quantized.outputNodes).toEqual(float.outputNodes);
        expect(quantized.inputs).toEqual(float.inputs);
        expect(quantized.outputs).toEqual(float.outputs);
        quantized.dispose();
      }
      float.dispose();
    });
  }

  it('has the dense layers and the convolutions of one position quantized', async () => {
    const quantized = await quantizeGraphModel(await loadFixture(CONVERTED[0]));
    const { layers } = await inspectGraphModel(quantized);
    expect(
      layers.map(({ layer, kind, shape, format, reason }) => [
        ...[short(layer), kind, shape.join('x'), format, reason],
      ]),
    ).toEqual([
      ['wide_1/Relu', '_FusedConv2D', '3x3x3x8', 'float32', 'its kernel covers 3x3 positions'],
      ['strided_1/Relu6', 'QutlassProduct', '8x12', 'int8', undefined],
      ['narrow_1/convolution', 'QutlassProduct', '12x9', 'int8', undefined],
      ['hidden_1/Elu', 'QutlassProduct', '36x17', 'int8', undefined],
      ['rectified_1/Relu', 'QutlassProduct', '17x10', 'int8', undefined],
      ['logits_1/BiasAdd', 'QutlassProduct', '10x5', 'int8', undefined],
      ['(other constants)', 'Const', '9', 'float32', 'no kernels of products'],
    ]);
    expect(layers[3].signalToNoise).toBeGreaterThan(35);
    expect(layers[3].bytesBefore).toBe(36 * 17 * 4);
    expect(layers[3].bytesAfter).toBe(36 * 17 + 17 * 4);
  });

  it('has products of two activations and of many matrices left', async () => {
    const quantized = await quantizeGraphModel(await loadFixture(CONVERTED[2]), FORMATS.int4);
    const { layers } = await inspectGraphModel(quantized);
    const left = layers.filter(({ reason }) => reason !== undefined);
    expect(left.map(({ layer, reason }) => [short(layer), reason])).toEqual([
      ['MatMul_3', 'its second operand, StatefulPartitionedCall/MatMul_1, is not a constant'],
      ['MatMul_4', 'its second operand, StatefulPartitionedCall/MatMul_2, is not a constant'],
      ['MatMul_5', 'its weights [2,12,16] are more than one matrix'],
      ['(other constants)', 'no kernels of products'],
    ]);
    expect(layers.length - left.length).toBe(5);
  });

  it('gives bit for bit what the ops give', async () => {
    const float = await loadFixture(CONVERTED[0]);
    const { inputs } = expectedOf(CONVERTED[0], float);
    const quantized = await quantizeGraphModel(float);
    const prefix = 'StatefulPartitionedCall/sequential_1';
    const weight = (name: string) => float.weights[`${prefix}/${name}/ReadVariableOp`][0];
    const [x, y] = quantized.execute(inputs, [
      `${prefix}/hidden_1/Elu`,
      `${prefix}/rectified_1/Relu`,
    ]) as Tensor[];
    const { values, scale } = quantizeWeightInt8(weight('rectified_1/Cast') as Tensor2D);
    const bias = weight('rectified_1/BiasAdd');
    const expected = linearInt8(x, values, scale, { bias, activation: 'relu' });
    expect(contentsOf(y)).toEqual(contentsOf(expected));
  });

  it('was saved by every version of the format, and goes on giving its output', async () => {
    const folder = 'saved_graph_models';
    const versions = readdirSync(join(__dirname, '../fixtures', folder)).sort();
    expect(versions).toEqual(Array.from({ length: GRAPH_FORMAT_VERSION }, (_, i) => `v${i + 1}`));
    for (const name of versions.flatMap((version) =>
      Object.keys(FORMATS).map((format) => `${folder}/${version}/${format}`),
    )) {
      const model = await loadFixture(name);
      const { inputs, outputs } = expectedOf(name, model);
      const values = outputsOf(model, inputs);
      // Off 'cpu', the layers that are left in float32 sum in another order.
      if (backend.name === 'cpu') expect(values).toEqual(outputs);
      else expect(relativeError(values, outputs)).toBeLessThan(0.05);
      model.dispose();
    }
  });
});

function describeOnDisk(): void {
  const folder = temporaryFolder();

  it('loads from there, and gives the same bits', async () => {
    const quantized = await quantizeGraphModel(await loadFixture(CONVERTED[2]), FORMATS.int4);
    await quantized.save(`file://${folder()}`);
    const { bytesAfter } = await inspectGraphModel(quantized);
    expect(statSync(join(folder(), 'weights.bin')).size).toBe(bytesAfter);
    const loaded: GraphModel = await loadGraphModel(`file://${join(folder(), 'model.json')}`);
    const { inputs } = expectedOf(CONVERTED[2], loaded);
    expect(outputsOf(loaded, inputs)).toEqual(outputsOf(quantized, inputs));
  });
}

// tfjs-node brings the handlers of files, and is there only where its backend is tested.
if (tf.io.getSaveHandlers('file:///').length > 0) {
  describeOnBackends('A quantized graph model on disk', describeOnDisk);
} else {
  describePending('A quantized graph model on disk', 'skipped: tfjs-node is not loaded');
}
