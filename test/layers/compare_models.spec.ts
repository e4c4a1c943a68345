import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

import { compareModels, quantizeModel } from '../../src/layers';
import { describeOnBackends } from '../support/backends';
import { expectError, expectNoLeak } from '../support/expectations';
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

describeOnBackends('compareModels', () => {
  it('measures the outputs, and what each layer contributes', () => {
    const model = classifier();
    const x = inputOf([40, 37], 1);
    const quantized = quantizeModel(model, {
      filter: (layer) => (layer.name === 'second' ? { weights: 'int4' } : layer.name === 'logits'),
    });
    const { layers, error, worst } = compareModels(model, quantized, x);
    expect(layers.map(({ layer, kind, format }) => [layer, kind, format])).toEqual([
      ['first', 'Dense', 'float32'],
      ['second', 'QuantizedDense', 'int4 g128'],
      ['logits', 'QuantizedDense', 'int8'],
    ]);
    const [first, second, logits] = layers;
    expect([first.error, first.errorAlone]).toEqual([0, 0]);
    expect(second.error).toBeGreaterThan(0.05);
    expect(second.errorAlone).toBeGreaterThan(5 * logits.errorAlone);
    expect(logits.errorAlone).toBeGreaterThan(0);
    expect(worst).toBe('second');

    expect(error).toBeCloseTo(relativeError(predict(quantized, x)[0], predict(model, x)[0]), 5);
    expect(logits.error).toBe(error);
    const only = quantizeModel(model, {
      weights: 'int4',
      filter: (layer) => layer.name === 'second',
    });
    expect(second.errorAlone).toBeCloseTo(compareModels(model, only, x).error, 6);
  });

  it('takes shared layers, nested models, several inputs and outputs', () => {
    const x = [inputOf([7, 20], 21), inputOf([7, 20], 22)];
    const pair = siamese();
    const paired = compareModels(pair, quantizeModel(pair), x);
    expect(paired.layers.map(({ layer }) => layer)).toEqual(['shared', 'scaled', 'score', 'label']);
    expect(paired.layers[0].errorAlone).toBeGreaterThan(0);

    const model = nested();
    const { layers: rows } = compareModels(model, quantizeModel(model), tokensOf(4));
    expect(rows.map(({ layer }) => layer)).toEqual([
      'embedding',
      'encoder/wide',
      'encoder/narrow',
      'head',
    ]);
    expect(rows.every(({ errorAlone }) => errorAlone > 0)).toBeTrue();
  });

  it('finds nothing between a model and itself, and leaves both as they were', () => {
    const model = classifier();
    const x = inputOf([3, 37], 1);
    const expected = predict(model, x);
    expectNoLeak(() => {
      const { error, worst } = compareModels(model, model, x);
      expect([error, worst]).toEqual([0, null]);
      return [];
    });
    expect(predict(model, x)).toEqual(expected);
    expect(Object.keys(model.layers[0])).not.toContain('call');
  });

  it('finds the layer that gives NaN', () => {
    const model = classifier();
    const broken = quantizeModel(model);
    const [kernel, scale] = broken.layers[2].getWeights();
    broken.layers[2].setWeights([kernel, tf.fill(scale.shape, NaN)]);
    expect(compareModels(model, broken, inputOf([3, 37], 1)).worst).toBe('second');
  });

  it('refuses models of different outputs, and leaves nothing behind where a layer fails', () => {
    const model = classifier();
    const other = sequential({ layers: [dense({ units: 4, inputShape: [37], seed: 1 })] });
    const x = inputOf([3, 37], 1);
    expectError(
      () => compareModels(model, other, x),
      'compareModels: b gives [3,4], expected [3,5] as a gives',
    );
    const failing = sequential({
      layers: [
        dense({ units: 5, inputShape: [37], seed: 1 }),
        layers.activation({ activation: 'relu' }),
      ],
    });
    spyOn(failing.layers[1], 'call').and.throwError('no memory');
    expectError(() => compareModels(model, failing, x), 'no memory');
  });
});
