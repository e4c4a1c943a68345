import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { sequential, type Sequential } from '@tensorflow/tfjs-layers';

import { quantizedDense, quantizeModel, type QuantizedDenseArgs } from '../../src/layers';
import {
  dequantizeInt4,
  dequantizeInt8,
  quantizeWeightInt4,
  quantizeWeightInt8,
} from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { contentsOf } from '../support/contents';
import { allowSavedTensors } from '../support/training';
import { dense, inputOf, relativeError } from '../layers/models';

const [K, UNITS] = [40, 6];

type Format = Pick<QuantizedDenseArgs, 'format' | 'groupSize' | 'symmetric'>;

const FORMATS: Format[] = [
  { format: 'int8' },
  { format: 'int8', symmetric: false },
  { format: 'int4', groupSize: 8 },
  { format: 'int4', groupSize: 8, symmetric: true },
];

/** What a layer's kernel `[K, N]` is after its rounding. */
function dequantized(kernel: Tensor2D, { format, ...options }: Format): Tensor {
  if (format === 'int8') {
    const { values, scale } = quantizeWeightInt8(kernel);
    return tf.transpose(dequantizeInt8(values, scale, K));
  }
  const { values, scales, zeros } = quantizeWeightInt4(kernel, options);
  return tf.transpose(dequantizeInt4(values, scales, zeros, K));
}

/** 12 tanh → 8 relu, quantized → 2. */
function network(format: 'int8' | 'int4'): Sequential {
  const model = sequential({
    layers: [
      dense({ name: 'first', units: 12, inputShape: [9], activation: 'tanh', seed: 1 }),
      dense({ name: 'frozen', units: 8, activation: 'relu', seed: 2 }),
      dense({ name: 'last', units: 2, seed: 3 }),
    ],
  });
  return quantizeModel(model, { weights: format, filter: ({ name }) => name === 'frozen' });
}

describeOnBackends('The gradient of QuantizedDense', () => {
  allowSavedTensors();

  for (const args of FORMATS) {
    for (const activation of ['linear', 'relu', 'tanh']) {
      it(`is near that of the dequantized layer: ${JSON.stringify(args)}, ${activation}`, () => {
        const kernel = inputOf([K, UNITS], 1) as Tensor2D;
        const bias = inputOf([UNITS], 2);
        const layer = quantizedDense({ units: UNITS, activation, ...args });
        layer.build([null, K]);
        layer.setWeights(layer.packWeights(kernel, bias));
        const float = dense({ units: UNITS, activation: activation as 'tanh', seed: 1 });
        float.build([null, K]);
        float.setWeights([dequantized(kernel, args), bias]);

        const x = tf.mul(inputOf([5, K], 3), 0.02);
        const actual = tf.grad((x) => layer.apply(x) as Tensor)(x);
        const expected = tf.grad((x) => float.apply(x) as Tensor)(x);
        expect(relativeError(contentsOf(actual), contentsOf(expected))).toBeLessThan(0.01);
      });
    }
  }

  for (const format of ['int8', 'int4'] as const) {
    it(`trains the layers around an ${format} one, which stays as it is`, async () => {
      const model = network(format);
      const before = model.layers.map((layer) => layer.getWeights().map(contentsOf));
      model.compile({ optimizer: tf.train.adam(0.02), loss: 'meanSquaredError' });
      const x = inputOf([64, 9], 4) as Tensor2D;
      const y = tf.slice(x, [0, 0], [64, 2]);
      const { history } = await model.fit(x, y, {
        epochs: 12,
        batchSize: 16,
        shuffle: false,
        verbose: 0,
      });
      const losses = history.loss as number[];
      expect(losses[losses.length - 1]).toBeLessThan(0.5 * losses[0]);
      const after = model.layers.map((layer) => layer.getWeights().map(contentsOf));
      expect(after[0]).not.toEqual(before[0]);
      expect(after[1]).toEqual(before[1]);
      expect(after[2]).not.toEqual(before[2]);
    });
  }
});
