import * as tf from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  layers,
  loadLayersModel,
  model,
  sequential,
} from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';

import {
  compareModels,
  dequantizeModel,
  inspectModel,
  QuantizedRNNCell,
  quantizeModel,
  type QuantizedRNNCellArgs,
} from '../../src/layers';
import { describeOnBackends } from '../support/backends';
import { artifactsOf, inputOf, predict, relativeError } from './models';

const seeded = (seed: number) => ({
  kernelInitializer: initializers.glorotNormal({ seed }),
  recurrentInitializer: initializers.glorotNormal({ seed: seed + 1 }),
});

/** An encoder whose states are what a decoder starts with. */
function translator(): LayersModel {
  const [source, target] = [input({ shape: [6, 10] }), input({ shape: [4, 12] })];
  const encoder = layers.lstm({ name: 'encoder', units: 14, returnState: true, ...seeded(1) });
  const [, h, c] = encoder.apply(source) as SymbolicTensor[];
  const decoder = layers.lstm({ name: 'decoder', units: 14, returnSequences: true, ...seeded(3) });
  const output = decoder.apply([target, h, c]) as SymbolicTensor;
  return model({ inputs: [source, target], outputs: output });
}

const sentences = () => [inputOf([3, 6, 10], 1), inputOf([3, 4, 12], 2)];

describeOnBackends('QuantizedRNN', () => {
  // tfjs warns of the states that a layer starts with, whenever it writes its config.
  beforeEach(() => spyOn(console, 'warn'));

  it('returns states, and starts with those of another', async () => {
    const float = translator();
    const [expected] = predict(float, sentences());
    for (const weights of ['int8', 'int4'] as const) {
      const quantized = quantizeModel(float, { weights });
      const [actual] = predict(quantized, sentences());
      expect(relativeError(actual, expected)).toBeLessThan(weights === 'int8' ? 0.03 : 0.2);
      const loaded = await loadLayersModel(tf.io.fromMemory(await artifactsOf(quantized)));
      expect(predict(loaded, sentences())).toEqual([actual]);
      loaded.dispose();
      const { layers: rows } = compareModels(float, quantized, sentences());
      expect(rows.map(({ layer }) => layer)).toEqual(['encoder', 'decoder']);
      expect(rows.every(({ errorAlone }) => errorAlone > 0)).toBeTrue();
    }
  });

  it('goes back to the float layer of its kind', () => {
    const float = translator();
    const quantized = quantizeModel(float, { weights: 'int4', groupSize: 8 });
    const again = dequantizeModel(quantized);
    expect(again.getLayer('decoder').getClassName()).toBe('LSTM');
    const [expected] = predict(quantized, sentences());
    expect(relativeError(predict(again, sentences())[0], expected)).toBeLessThan(0.02);
    const cells = sequential({
      layers: [
        layers.gru({ units: 5, returnSequences: true, inputShape: [4, 9], ...seeded(5) }),
        layers.simpleRNN({ units: 3, goBackwards: true, ...seeded(6) }),
      ],
    });
    const x = inputOf([2, 4, 9], 1);
    const backAgain = dequantizeModel(quantizeModel(cells));
    expect(backAgain.layers.map((layer) => layer.getClassName())).toEqual(['GRU', 'SimpleRNN']);
    expect(relativeError(predict(backAgain, x)[0], predict(cells, x)[0])).toBeLessThan(0.03);
  });

  it('does not take the place of a layer whose recurrent kernel is not finite', () => {
    const layer = layers.gru({ units: 5, inputShape: [4, 9], ...seeded(5) });
    const float = sequential({ layers: [layer] });
    const [kernel, recurrentKernel, bias] = layer.getWeights();
    layer.setWeights([kernel, tf.fill(recurrentKernel.shape, Infinity), bias]);
    const [row] = inspectModel(quantizeModel(float)).layers;
    expect([row.kind, row.reason]).toEqual(['GRU', 'its kernel has NaN or infinite values']);
  });

  it('leaves out the steps that a mask leaves out', () => {
    const float = sequential({
      layers: [
        layers.masking({ maskValue: 0, inputShape: [5, 9] }),
        layers.lstm({ units: 8, ...seeded(1) }),
      ],
    });
    const x = tf.concat([inputOf([3, 3, 9], 1), tf.zeros([3, 2, 9])], 1);
    const [expected] = predict(float, x);
    const quantized = quantizeModel(float);
    expect(relativeError(predict(quantized, x)[0], expected)).toBeLessThan(0.03);
  });

  it('compares layers that keep their states from where they start', () => {
    const stateful = layers.gru({
      ...{ units: 5, stateful: true, batchInputShape: [2, 4, 9] },
      ...seeded(1),
    });
    const float = sequential({ layers: [stateful] });
    const quantized = quantizeModel(float);
    const x = inputOf([2, 4, 9], 1);
    const first = compareModels(float, quantized, x);
    expect(first.error).toBeLessThan(0.03);
    expect(first.layers[0].errorAlone).toBe(first.error);
    expect(compareModels(float, quantized, x)).toEqual(first);
  });

  const refused: [string, Partial<QuantizedRNNCellArgs>, RegExp][] = [
    ['an unknown cell', { cell: 'LSTM' as never }, /cell is 'LSTM', expected 'simple', 'gru' or/],
    ['no units', { units: 0 }, /QuantizedRNNCell c: units is 0, expected a positive integer/],
    ['an unknown format', { format: 'int2' as never }, /format is 'int2', expected 'int8' or/],
    ['an unknown activation', { recurrentActivation: 'bend' }, /Unknown activation: bend/],
    ['a newer version', { formatVersion: 4 }, /was saved in format version 4, and this/],
  ];
  for (const [what, args, message] of refused) {
    it(`refuses ${what}`, () => {
      const make = () =>
        new QuantizedRNNCell({ name: 'c', cell: 'gru', units: 4, format: 'int8', ...args });
      expect(make).toThrowError(message);
    });
  }
});
