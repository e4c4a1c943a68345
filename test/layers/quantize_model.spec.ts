import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';

import {
  inspectModel,
  quantizeModel,
  type QuantizedDense,
  type QuantizeModelOptions,
} from '../../src/layers';
import { describeOnBackends } from '../support/backends';
import {
  classifier,
  dense,
  inputOf,
  nested,
  predict,
  relativeError,
  siamese,
  tokensOf,
} from './models';

/** The formats of a model's layers that have weights, by path. */
function formats(model: LayersModel): { [path: string]: string } {
  const rows = inspectModel(model).layers;
  return Object.fromEntries(rows.map(({ layer, format }) => [layer, format]));
}

const classNames = (model: LayersModel) => model.layers.map((layer) => layer.getClassName());
const names = (model: LayersModel) => model.layers.map(({ name }) => name);

describeOnBackends('quantizeModel', () => {
  it('replaces the dense layers of a Sequential model, and keeps every name', () => {
    const model = classifier();
    const quantized = quantizeModel(model, { weights: 'int8' });
    expect(classNames(quantized)).toEqual([
      'QuantizedDense',
      'Dropout',
      'QuantizedDense',
      'QuantizedDense',
    ]);
    expect(names(quantized)).toEqual(names(model));
    expect(quantized.name).toBe(model.name);
    expect(quantized.getClassName()).toBe('Sequential');
    expect(classNames(model)).toEqual(['Dense', 'Dropout', 'Dense', 'Dense']);
  });

  // The bounds are some 1.5 times what was seen.
  const cases: [string, QuantizeModelOptions, number][] = [
    ['int8', { weights: 'int8' }, 0.02],
    ['int8 with zero points', { weights: 'int8', symmetric: false }, 0.02],
    ['int4 in groups of 8', { weights: 'int4', groupSize: 8 }, 0.12],
    ['symmetric int4 in groups of 128', { weights: 'int4', symmetric: true }, 0.25],
  ];
  for (const [what, options, bound] of cases) {
    it(`stays close to float32 with ${what}`, () => {
      const inputs = {
        classifier: inputOf([9, 37], 20),
        siamese: [inputOf([7, 20], 21), inputOf([7, 20], 22)],
        nested: tokensOf(4),
      };
      for (const make of [classifier, siamese, nested]) {
        const model = make();
        const x = inputs[model.name as keyof typeof inputs];
        const expected = predict(model, x);
        const actual = predict(quantizeModel(model, options), x);
        expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
        for (const [index, output] of actual.entries()) {
          const error = relativeError(output, expected[index]);
          expect(error).withContext(`${model.name}, output ${index}`).toBeLessThan(bound);
          expect(error).withContext('nothing was quantized').toBeGreaterThan(0);
        }
      }
    });
  }

  it('quantizes a shared layer once', () => {
    const quantized = quantizeModel(siamese(), { weights: 'int8' });
    expect(names(quantized).sort()).toEqual(names(siamese()).sort());
    expect(quantized.getLayer('shared').inboundNodes.length).toBe(2);
    expect(formats(quantized)).toEqual({
      shared: 'int8',
      scaled: 'float32',
      score: 'int8',
      label: 'int8',
    });
  });

  it('asks the filter for every layer that it can quantize, nested ones by their path', () => {
    const asked: [string, string][] = [];
    const quantized = quantizeModel(nested(), {
      weights: 'int4',
      groupSize: 32,
      filter: (layer, path) => {
        asked.push([layer.name, path]);
        if (path === 'head') return false;
        return path === 'encoder/wide' ? { groupSize: 8 } : { weights: 'int8' };
      },
    });
    expect(asked).toEqual([
      ['embedding', 'embedding'],
      ['wide', 'encoder/wide'],
      ['narrow', 'encoder/narrow'],
      ['head', 'head'],
    ]);
    expect(formats(quantized)).toEqual({
      embedding: 'int8',
      'encoder/wide': 'int4 g8',
      'encoder/narrow': 'int8',
      head: 'float32',
    });
  });

  it('tells of each layer that is done', () => {
    const calls: [string, number, number][] = [];
    const onLayer: QuantizeModelOptions['onLayer'] = (...call) => calls.push(call);
    const filter: QuantizeModelOptions['filter'] = (_, path) => path === 'first';
    for (const inPlace of [false, true]) {
      quantizeModel(classifier(), { filter, inPlace, onLayer }).dispose();
      expect(calls.splice(0)).toEqual([
        ['first', 1, 4],
        ['dropout', 2, 4],
        ['second', 3, 4],
        ['logits', 4, 4],
      ]);
    }
  });

  it('carries units, activation, bias and training over', () => {
    const model = classifier();
    model.layers[3].trainable = false;
    const quantized = quantizeModel(model, { weights: 'int4', groupSize: 16 });
    const [first, , second, logits] = quantized.layers as QuantizedDense[];
    expect(first.getConfig()).toEqual({
      name: 'first',
      trainable: true,
      batchInputShape: [null, 37],
      dtype: 'float32',
      units: 24,
      format: 'int4',
      groupSize: 16,
      symmetric: false,
      useBias: true,
      activation: 'relu',
      inputDim: 37,
      formatVersion: 1,
    });
    expect(second.useBias).toBe(false);
    expect(logits.activation).toBe('softmax');
    expect(logits.trainable).toBe(false);
  });

  it('leaves the float model whole, and either model alive without the other', () => {
    const model = siamese();
    const inputs = [inputOf([3, 20], 1), inputOf([3, 20], 2)];
    const expected = predict(model, inputs);
    const first = quantizeModel(model, { weights: 'int8' });
    const fromFirst = predict(first, inputs);
    first.dispose();
    expect(predict(model, inputs)).toEqual(expected);
    const second = quantizeModel(model, { weights: 'int8' });
    model.dispose();
    expect(predict(second, inputs)).toEqual(fromFirst);
  });

  it('does not follow later changes of the float model', () => {
    const model = siamese();
    const inputs = [inputOf([3, 20], 1), inputOf([3, 20], 2)];
    const quantized = quantizeModel(model, { weights: 'int8' });
    const expected = predict(quantized, inputs);
    const scaled = model.getLayer('scaled');
    scaled.setWeights(scaled.getWeights().map((weight) => tf.add(weight, 1)));
    expect(predict(quantized, inputs)).toEqual(expected);
  });

  it('quantizes what is left of a quantized model', () => {
    const half = quantizeModel(classifier(), { filter: (layer) => layer.name === 'first' });
    const whole = quantizeModel(half, { weights: 'int4', groupSize: 8 });
    expect(formats(whole)).toEqual({ first: 'int8', second: 'int4 g8', logits: 'int4 g8' });
    const x = inputOf([2, 37], 1);
    expect(relativeError(predict(whole, x)[0], predict(half, x)[0])).toBeLessThan(0.12);
  });

  it('leaves no tensors behind but the weights', () => {
    const model = nested();
    const before = tf.memory().numTensors;
    const quantized = quantizeModel(model, { weights: 'int4' });
    expect(tf.memory().numTensors - before).toBe(quantized.weights.length);
    quantized.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('leaves a layer with values that are not finite as it is, and says so', () => {
    const model = classifier();
    const kernel = model.layers[2].getWeights()[0];
    const values = kernel.dataSync().slice();
    values[3] = Infinity;
    model.layers[2].setWeights([tf.tensor(values, kernel.shape)]);
    const [first, second] = inspectModel(quantizeModel(model)).layers;
    expect(first.reason).toBeUndefined();
    expect(second.format).toBe('float32');
    expect(second.reason).toBe('its kernel has NaN or infinite values');
  });

  const refused: [string, unknown, RegExp][] = [
    ['an unknown option', { weight: 'int8' }, /quantizeModel: unknown option weight, expected/],
    ['an unknown format', { weights: 'int2' }, /weights is 'int2', expected 'int8' or 'int4'/],
    ['a groupSize for int8', { groupSize: 64 }, /groupSize is 64, expected none/],
    ['a groupSize of 0', { weights: 'int4', groupSize: 0 }, /groupSize is 0, expected a positive/],
    ['an onLayer that is no function', { onLayer: 3 }, /onLayer is 3, expected a function/],
    ['a filter that is no function', { filter: 'logits' }, /filter is 'logits', expected a funct/],
    [
      'an answer of the filter that is none',
      { filter: () => undefined },
      /filter for first: returned undefined, expected true, false or options/,
    ],
    [
      'unknown options from the filter',
      { filter: () => ({ bits: 4 }) },
      /filter for first: unknown option bits/,
    ],
  ];
  for (const [what, options, message] of refused) {
    it(`refuses ${what}`, () => {
      const model = classifier();
      const before = tf.memory().numTensors;
      expect(() => quantizeModel(model, options as QuantizeModelOptions)).toThrowError(message);
      expect(tf.memory().numTensors).toBe(before);
    });
  }

  it('refuses what is no layers model', () => {
    expect(() => quantizeModel({} as LayersModel)).toThrowError(
      'quantizeModel: model is an object (Object), expected a tf.LayersModel',
    );
    expect(() => quantizeModel(undefined as unknown as LayersModel)).toThrowError(
      'quantizeModel: model is undefined, expected a tf.LayersModel',
    );
  });

  it('refuses classes that cannot be made again', () => {
    class Unregistered extends layers.Layer {
      static className = 'Unregistered';
      override call(inputs: tf.Tensor | tf.Tensor[]) {
        return inputs;
      }
    }
    const model = sequential({
      layers: [dense({ units: 4, inputShape: [8], seed: 1 }), new Unregistered()],
    });
    const before = tf.memory().numTensors;
    expect(() => quantizeModel(model)).toThrowError(
      /quantizeModel: unregistered_\S+ is of class Unregistered, which is not registered; call/,
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});
