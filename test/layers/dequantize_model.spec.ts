import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';

import { dequantizeModel, quantizeModel } from '../../src/layers';
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

const classNames = (model: LayersModel) => model.layers.map((layer) => layer.getClassName());

describeOnBackends('dequantizeModel', () => {
  it('gives the layers, names and shapes of the float model back', () => {
    for (const make of [classifier, siamese, nested]) {
      const model = make();
      const again = dequantizeModel(quantizeModel(model, { weights: 'int4', groupSize: 8 }));
      expect(classNames(again)).toEqual(classNames(model));
      expect(again.weights.map(({ originalName }) => originalName)).toEqual(
        model.weights.map(({ originalName }) => originalName),
      );
      expect(again.weights.map(({ shape }) => shape)).toEqual(
        model.weights.map(({ shape }) => shape),
      );
      expect(again.layers.map((layer) => layer.trainable)).toEqual(
        model.layers.map((layer) => layer.trainable),
      );
    }
  });

  it('computes what the quantized model does, but for the rounding of products', () => {
    const inputs = {
      classifier: inputOf([5, 37], 1),
      siamese: [inputOf([5, 20], 2), inputOf([5, 20], 3)],
      nested: tokensOf(4),
    };
    for (const make of [classifier, siamese, nested]) {
      const quantized = quantizeModel(make(), { weights: 'int4', groupSize: 8 });
      const x = inputs[quantized.name as keyof typeof inputs];
      const expected = predict(quantized, x);
      predict(dequantizeModel(quantized), x).forEach((output, index) => {
        expect(relativeError(output, expected[index])).toBeLessThan(0.01);
      });
    }
  });

  it('makes convolutions, and a Dense of a TimeDistributed(Dense)', () => {
    const model = sequential({
      layers: [
        layers.conv2d({
          ...{ filters: 6, kernelSize: 1, strides: [2, 1], dataFormat: 'channelsFirst' },
          inputShape: [13, 4, 5],
        }),
        layers.reshape({ targetShape: [6, 10] }),
        layers.timeDistributed({ layer: dense({ units: 3, activation: 'relu', seed: 1 }) }),
      ],
    });
    const again = dequantizeModel(quantizeModel(model));
    expect(classNames(again)).toEqual(['Conv2D', 'Reshape', 'Dense']);
    const x = inputOf([2, 13, 4, 5], 1);
    expect(relativeError(predict(again, x)[0], predict(model, x)[0])).toBeLessThan(0.02);
  });

  it('can be quantized again to the same bits', () => {
    const quantized = quantizeModel(classifier(), { weights: 'int4', symmetric: true });
    const again = quantizeModel(dequantizeModel(quantized), { weights: 'int4', symmetric: true });
    const x = inputOf([5, 37], 1);
    expect(predict(again, x)).toEqual(predict(quantized, x));
  });

  it('leaves nothing but the weights, and the quantized model whole', () => {
    const quantized = quantizeModel(nested(), { weights: 'int8' });
    const x = tokensOf(2);
    const expected = predict(quantized, x);
    const before = tf.memory().numTensors;
    const again = dequantizeModel(quantized);
    expect(tf.memory().numTensors).toBe(before + again.weights.length);
    again.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(predict(quantized, x)).toEqual(expected);
  });

  it('refuses what is no layers model', () => {
    expect(() => dequantizeModel(null as unknown as LayersModel)).toThrowError(
      'dequantizeModel: model is null, expected a tf.LayersModel',
    );
  });
});
