import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';

import { inspectModel, quantizeModel, type QuantizeModelOptions } from '../../src/layers';
import { fakeQuantize } from '../../src/ops';
import {
  convert,
  FakeQuantizedDense,
  prepareQat,
  type PrepareQatOptions,
} from '../../src/training';
import {
  artifactsOf,
  classifier,
  dense,
  inputOf,
  nested,
  predict,
  relativeError,
  siamese,
  tokensOf,
} from '../layers/models';
import { describeOnBackends } from '../support/backends';
import { contentsOf } from '../support/contents';
import { allowSavedTensors } from '../support/training';

const MIXED: QuantizeModelOptions = {
  weights: 'int4',
  groupSize: 8,
  filter: (layer) => {
    if (layer.name === 'logits' || layer.name === 'score') return { weights: 'int8' };
    return layer.name !== 'second' && layer.getClassName() === 'Dense';
  },
};

/** Formats whose inputs are turned or rounded too; widths that blocks of 16 divide. */
const TURNED: QuantizeModelOptions[] = [
  { weights: 'int4', activations: 'int4' },
  { weights: 'int4', activations: 'int4', method: 'quest', rotation: { hadamard: 16 } },
  { weights: 'int4', groupSize: 8, rotation: { hadamard: 32 } },
  { weights: 'int4', groupSize: 8, activations: 'int8' },
  {
    ...{ weights: 'int4', groupSize: 8, activations: 'int8', method: 'quest' },
    rotation: { hadamard: 16 },
  },
  { weights: 'int8', method: 'quest', rotation: { hadamard: 16 } },
];

const twoLayers = () =>
  sequential({
    layers: [
      dense({ name: 'first', units: 32, inputShape: [64], activation: 'relu', seed: 1 }),
      dense({ name: 'second', units: 6, seed: 2 }),
    ],
  });

const models = () =>
  [
    [classifier(), inputOf([5, 37], 1)],
    [siamese(), [inputOf([5, 20], 2), inputOf([5, 20], 3)]],
    [nested(), tokensOf(4)],
  ] as const;

describeOnBackends('prepareQat', () => {
  allowSavedTensors();

  it('makes layers that compute with what quantization leaves of their kernels', () => {
    const model = sequential({
      layers: [dense({ units: 6, inputShape: [21], activation: 'tanh', seed: 1 })],
    });
    const x = inputOf([4, 21], 2);
    for (const options of [
      { weights: 'int8' },
      { weights: 'int4', groupSize: 8, symmetric: true },
      { weights: 'int4', groupSize: 8, clipRatio: 0.8 },
    ] as const) {
      const prepared = prepareQat(model, options);
      const [kernel, bias] = model.getWeights() as [Tensor2D, tf.Tensor];
      const { weights, ...rest } = options;
      const rounded = fakeQuantize(kernel, { bits: weights === 'int8' ? 8 : 4, ...rest });
      const expected = tf.tanh(tf.add(tf.matMul(x as Tensor2D, rounded), bias));
      expect(relativeError(predict(prepared, x)[0], contentsOf(expected))).toBeLessThan(1e-6);
    }
  });

  it('prepares what quantizeModel quantizes, and convert quantizes it the same', () => {
    for (const [model, x] of models()) {
      const quantized = quantizeModel(model, MIXED);
      const converted = convert(prepareQat(model, MIXED));
      const formats = (report: ReturnType<typeof inspectModel>) =>
        report.layers.map(({ layer, format }) => [layer, format]);
      expect(formats(inspectModel(converted))).toEqual(formats(inspectModel(quantized)));
      expect(predict(converted, x as tf.Tensor)).toEqual(predict(quantized, x as tf.Tensor));
    }
  });

  it('gives a model whose converted form is near to it', () => {
    for (const [model, x] of models()) {
      const prepared = prepareQat(model, { weights: 'int4', groupSize: 8, clipRatio: 0.9 });
      const expected = predict(prepared, x as tf.Tensor);
      const actual = predict(convert(prepared), x as tf.Tensor);
      actual.forEach((output, i) => expect(relativeError(output, expected[i])).toBeLessThan(0.02));
    }
  });

  it('computes with rounded and rotated inputs as the converted form does', () => {
    const model = twoLayers();
    const x = inputOf([8, 64], 3);
    for (const options of TURNED) {
      const prepared = prepareQat(model, options);
      const converted = convert(prepared);
      const [actual] = predict(converted, x);
      expect(relativeError(actual, predict(prepared, x)[0])).toBeLessThan(0.04); // a bf16 step can be an int4 step
      expect(actual).toEqual(predict(quantizeModel(model, options), x)[0]);
    }
  });

  it('trains through rotations, rounded inputs and what is clipped', async () => {
    for (const options of TURNED) {
      const prepared = prepareQat(twoLayers(), options);
      prepared.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
      const [x, y] = [inputOf([32, 64], 3), inputOf([32, 6], 4)];
      const { history } = await prepared.fit(x, y, { epochs: 8, shuffle: false, verbose: 0 });
      const losses = history.loss as number[];
      expect(losses[7]).toBeLessThan(0.9 * losses[0]);
    }
  });

  it('clips weights in groups beside inputs by quest', () => {
    const quest = { weights: 'int4', groupSize: 8, activations: 'int8', method: 'quest' } as const;
    const prepared = prepareQat(twoLayers(), { ...quest, clipRatio: 0.8 });
    const x = inputOf([8, 64], 3);
    const [actual] = predict(convert(prepared), x);
    expect(relativeError(actual, predict(prepared, x)[0])).toBeLessThan(0.01);
    const [unclipped] = predict(quantizeModel(twoLayers(), quest), x);
    expect(relativeError(unclipped, actual)).toBeGreaterThan(0.05);
  });

  it('trains through a saved copy of it', async () => {
    const prepared = prepareQat(twoLayers(), TURNED[1]);
    const loaded = await loadLayersModel(tf.io.fromMemory(await artifactsOf(prepared)));
    const x = inputOf([5, 64], 1);
    expect(predict(loaded, x)).toEqual(predict(prepared, x));
    expect(inspectModel(convert(loaded)).layers[0].format).toBe('int4 a4 hadamard 16 quest');
    loaded.dispose();
  });

  it('prepares the dense layer that TimeDistributed has at each step', async () => {
    const steps = () => inputOf([6, 4, 24], 1);
    const inner = dense({ units: 5, activation: 'tanh', seed: 2 });
    const model = sequential({
      layers: [layers.timeDistributed({ layer: inner, inputShape: [4, 24], name: 'steps' })],
    });
    const int4 = { weights: 'int4', groupSize: 8 } as const;
    const prepared = prepareQat(model, int4);
    expect(prepared.layers[0].getClassName()).toBe('FakeQuantizedDense');
    expect(predict(convert(prepared), steps())).toEqual(
      predict(quantizeModel(model, int4), steps()),
    );
    const before = prepared.getWeights().map(contentsOf);
    prepared.compile({ optimizer: tf.train.sgd(0.5), loss: 'meanSquaredError' });
    await prepared.fit(steps(), inputOf([6, 4, 5], 3), { epochs: 1, verbose: 0 });
    prepared.getWeights().forEach((weight, i) => expect(contentsOf(weight)).not.toEqual(before[i]));
  });

  it('trains kernels and biases, and leaves the float model whole', async () => {
    const model = classifier();
    const before = model.getWeights().map(contentsOf);
    const prepared = prepareQat(model, MIXED);
    prepared.compile({ optimizer: tf.train.sgd(0.5), loss: 'categoricalCrossentropy' });
    const y = tf.oneHot(tf.tensor1d([0, 1, 2, 3, 4, 0, 1, 2], 'int32'), 5);
    await prepared.fit(inputOf([8, 37], 1), y, { epochs: 1, shuffle: false, verbose: 0 });
    const after = prepared.getWeights().map(contentsOf);
    after.forEach((weight, i) => expect(weight).not.toEqual(before[i]));
    expect(model.getWeights().map(contentsOf)).toEqual(before);
  });

  it('leaves no tensors behind in training', async () => {
    const model = prepareQat(classifier(), { weights: 'int4', clipRatio: 0.9 });
    const [x, y] = [inputOf([32, 37], 1), inputOf([32, 5], 2)];
    model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
    await model.fit(x, y, { verbose: 0 }); // the optimizer makes its own tensors
    const before = tf.memory().numTensors;
    await model.fit(x, y, { epochs: 2, verbose: 0 });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives a model that is the same after it was saved and loaded', async () => {
    const prepared = prepareQat(classifier(), { ...MIXED, clipRatio: 0.9 });
    const artifacts = await artifactsOf(prepared);
    const modelTopology = JSON.parse(JSON.stringify(artifacts.modelTopology));
    const loaded = await loadLayersModel(tf.io.fromMemory({ ...artifacts, modelTopology }));
    const x = inputOf([5, 37], 1);
    expect(predict(loaded, x)).toEqual(predict(prepared, x));
    expect(predict(convert(loaded), x)).toEqual(predict(convert(prepared), x));
    loaded.dispose();
  });

  it('leaves no tensors behind but the weights', () => {
    const model = nested();
    const before = tf.memory().numTensors;
    const prepared = prepareQat(model, { weights: 'int4', clipRatio: 0.9 });
    tf.dispose(prepared.predict(tokensOf(2)) as tf.Tensor);
    expect(tf.memory().numTensors - before).toBe(prepared.weights.length + 1);
    const converted = convert(prepared);
    prepared.dispose();
    converted.dispose();
    expect(tf.memory().numTensors).toBe(before + 1); // the tokens
  });

  const refused: [string, PrepareQatOptions, RegExp][] = [
    ['an unknown option', { clip: 0.5 } as PrepareQatOptions, /unknown option clip/],
    ['an unknown format', { weights: 'int2' as 'int4' }, /weights is 'int2', expected/],
    [
      'a clipRatio with what clips itself',
      { weights: 'int4', activations: 'int4', method: 'quest', clipRatio: 0.9 },
      /clipRatio is 0.9, expected 1 with a rotation or method 'quest'/,
    ],
    ['a clipRatio of 0', { clipRatio: 0 }, /FakeQuantizedDense first: clipRatio is 0, expected/],
  ];
  for (const [what, options, message] of refused) {
    it(`refuses ${what}`, () => {
      const model = classifier();
      const before = tf.memory().numTensors;
      expect(() => prepareQat(model, options)).toThrowError(message);
      expect(tf.memory().numTensors).toBe(before);
    });
  }

  it('refuses what is no model, and convert what was not prepared', () => {
    expect(() => prepareQat({} as never)).toThrowError(/expected a tf.LayersModel/);
    expect(() => convert({} as never)).toThrowError(/expected a tf.LayersModel/);
    expect(() => convert(classifier())).toThrowError(
      'convert: no layer of classifier was prepared by tf.qutlass.prepareQat',
    );
  });

  it('makes layers that are told apart', () => {
    const prepared = prepareQat(classifier(), MIXED);
    const [first, , second] = prepared.layers;
    expect(first).toBeInstanceOf(FakeQuantizedDense);
    expect(first.getConfig()).toEqual(
      jasmine.objectContaining({ format: 'int4', groupSize: 8, symmetric: false, clipRatio: 1 }),
    );
    expect(second.getClassName()).toBe('Dense');
  });
});
