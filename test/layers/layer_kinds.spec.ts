/** Every kind of layer that `quantizeModel` replaces: what takes its place computes the same. */
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';

import { inspectModel, quantizeModel, type QuantizeModelOptions } from '../../src/layers';
import { describeOnBackends } from '../support/backends';
import { expectNoLeak } from '../support/expectations';
import { artifactsOf, dense, inputOf, predict, relativeError } from './models';

type Layer = layers.Layer;

interface Kind {
  what: string;
  layer: () => Layer;
  input: () => tf.Tensor;
  quantizedClass: string;
  /** Whether tfjs keeps tensors of states, which it never disposes of. */
  keepsStates?: boolean;
}

const seeded = {
  kernelInitializer: initializers.glorotNormal({ seed: 1 }),
  biasInitializer: initializers.randomUniform({ minval: -0.5, maxval: 0.5, seed: 2 }),
};

const recurrent = { ...seeded, recurrentInitializer: initializers.glorotNormal({ seed: 4 }) };

const tokens = () => tf.tensor2d([3, 0, 8, 12, 12, 5], [2, 3], 'int32');

const embeddingArgs = {
  inputDim: 13,
  outputDim: 22,
  embeddingsInitializer: initializers.randomNormal({ seed: 3 }),
};

const KINDS: Kind[] = [
  {
    what: 'TimeDistributed(Dense)',
    layer: () =>
      layers.timeDistributed({
        layer: dense({ units: 7, activation: 'tanh', seed: 1 }),
        inputShape: [5, 19],
      }),
    input: () => inputOf([3, 5, 19], 1),
    quantizedClass: 'QuantizedDense',
  },
  {
    what: 'TimeDistributed(Dense) of images',
    layer: () =>
      layers.timeDistributed({
        layer: dense({ units: 7, useBias: false, seed: 1 }),
        inputShape: [2, 4, 19],
      }),
    input: () => inputOf([3, 2, 4, 19], 1),
    quantizedClass: 'QuantizedDense',
  },
  {
    what: 'Conv1D',
    layer: () => layers.conv1d({ filters: 6, kernelSize: 1, inputShape: [9, 13], ...seeded }),
    input: () => inputOf([2, 9, 13], 1),
    quantizedClass: 'QuantizedPointwiseConv',
  },
  {
    what: 'Conv1D with strides',
    layer: () =>
      layers.conv1d({
        ...{ filters: 6, kernelSize: [1], strides: 2, padding: 'same', inputShape: [9, 13] },
        ...seeded,
      }),
    input: () => inputOf([2, 9, 13], 1),
    quantizedClass: 'QuantizedPointwiseConv',
  },
  {
    what: 'Conv2D with an activation',
    layer: () =>
      layers.conv2d({
        ...{ filters: 6, kernelSize: 1, activation: 'relu', inputShape: [4, 5, 13] },
        ...seeded,
      }),
    input: () => inputOf([2, 4, 5, 13], 1),
    quantizedClass: 'QuantizedPointwiseConv',
  },
  {
    what: 'Conv2D with strides and dilation, without a bias',
    layer: () =>
      layers.conv2d({
        ...{ filters: 6, kernelSize: 1, strides: [2, 3], useBias: false, inputShape: [5, 7, 13] },
        ...seeded,
        padding: 'same',
      }),
    input: () => inputOf([2, 5, 7, 13], 1),
    quantizedClass: 'QuantizedPointwiseConv',
  },
  {
    what: 'Conv2D with its channels first',
    layer: () =>
      layers.conv2d({
        ...{ filters: 6, kernelSize: 1, strides: 2, dataFormat: 'channelsFirst' },
        ...seeded,
        inputShape: [13, 4, 5],
      }),
    input: () => inputOf([2, 13, 4, 5], 1),
    quantizedClass: 'QuantizedPointwiseConv',
  },
  {
    what: 'Conv3D',
    layer: () =>
      layers.conv3d({
        filters: 6,
        kernelSize: 1,
        strides: 2,
        inputShape: [3, 4, 2, 13],
        ...seeded,
      }),
    input: () => inputOf([2, 3, 4, 2, 13], 1),
    quantizedClass: 'QuantizedPointwiseConv',
  },
  {
    what: 'Embedding',
    layer: () => layers.embedding(embeddingArgs),
    input: tokens,
    quantizedClass: 'QuantizedEmbedding',
  },
  {
    what: 'Embedding of sequences of one length',
    layer: () => layers.embedding({ ...embeddingArgs, inputLength: 3 }),
    input: tokens,
    quantizedClass: 'QuantizedEmbedding',
  },
  {
    what: 'SimpleRNN',
    layer: () =>
      layers.simpleRNN({ units: 11, activation: 'relu', inputShape: [5, 13], ...recurrent }),
    input: () => inputOf([2, 5, 13], 1),
    quantizedClass: 'QuantizedRNN',
  },
  {
    what: 'GRU that runs backwards and returns sequences',
    layer: () =>
      layers.gru({
        ...{ units: 11, goBackwards: true, returnSequences: true, inputShape: [5, 13] },
        ...recurrent,
      }),
    input: () => inputOf([2, 5, 13], 1),
    quantizedClass: 'QuantizedRNN',
  },
  {
    what: 'LSTM',
    layer: () =>
      layers.lstm({
        ...{ units: 11, activation: 'tanh', recurrentActivation: 'sigmoid', inputShape: [5, 13] },
        ...recurrent,
      }),
    input: () => inputOf([2, 5, 13], 1),
    quantizedClass: 'QuantizedRNN',
  },
  {
    what: 'LSTM that keeps its state, without a bias',
    layer: () =>
      layers.lstm({
        ...{ units: 11, useBias: false, stateful: true, batchInputShape: [2, 5, 13] },
        ...recurrent,
      }),
    input: () => inputOf([2, 5, 13], 1),
    quantizedClass: 'QuantizedRNN',
    keepsStates: true,
  },
];

// The bounds are some 1.5 times what was seen.
const FORMATS: [QuantizeModelOptions, number][] = [
  [{ weights: 'int8' }, 0.02],
  [{ weights: 'int4', groupSize: 8 }, 0.12],
  [{ weights: 'int4', groupSize: 16, symmetric: true }, 0.18],
  [{ weights: 'int4', groupSize: 8, activations: 'int8' }, 0.12],
];

describeOnBackends('The quantized form of', () => {
  for (const { what, layer, input, quantizedClass, keepsStates } of KINDS) {
    it(`${what} stays close to it in every format`, () => {
      const model = sequential({ layers: [layer()] });
      const x = input();
      const [expected] = predict(model, x);
      for (const [options, bound] of FORMATS) {
        const quantized = quantizeModel(model, options);
        const context = JSON.stringify(options);
        expect(quantized.layers[0].getClassName()).toBe(quantizedClass);
        expect(quantized.outputShape).toEqual(model.outputShape);
        const [actual] = predict(quantized, x);
        expect(actual.shape).toEqual(expected.shape);
        const error = relativeError(actual, expected);
        expect(error).withContext(context).toBeLessThan(bound);
        expect(error).withContext(`${context}: nothing was quantized`).toBeGreaterThan(0);
        const [{ bytesBefore, signalToNoise }] = inspectModel(quantized).layers;
        expect(bytesBefore).toBe(4 * model.countParams());
        expect(signalToNoise)
          .withContext(context)
          .toBeGreaterThan(-20 * Math.log10(bound));
      }
    });

    it(`${what} gives the same bits after it was saved and loaded`, async () => {
      const quantized = quantizeModel(sequential({ layers: [layer()] }), { weights: 'int4' });
      const artifacts = await artifactsOf(quantized);
      const loaded = await loadLayersModel(tf.io.fromMemory(artifacts));
      const x = input();
      expect(predict(loaded, x)).toEqual(predict(quantized, x));
      loaded.dispose();
    });

    if (keepsStates) continue;
    it(`${what} leaves nothing behind`, () => {
      const model = sequential({ layers: [layer()] });
      const before = tf.memory().numTensors;
      const quantized = quantizeModel(model, { weights: 'int4', groupSize: 8 });
      expect(tf.memory().numTensors).toBe(before + quantized.weights.length);
      const x = input();
      expectNoLeak(() => quantized.predict(x) as tf.Tensor);
      quantized.dispose();
    });
  }

  it('an embedding masks zeros as it does', () => {
    const model = sequential({
      layers: [layers.embedding({ ...embeddingArgs, maskZero: true })],
    });
    const [quantized] = quantizeModel(model).layers;
    const mask = quantized.computeMask(tokens()) as tf.Tensor;
    expect(Array.from(mask.dataSync())).toEqual([1, 0, 1, 1, 1, 1]);
    const [unmasked] = quantizeModel(
      sequential({ layers: [layers.embedding(embeddingArgs)] }),
    ).layers;
    expect(unmasked.computeMask(tokens())).toBeNull();
  });

  it('a table of many rows is made of chunks of them', () => {
    const [rows, elements] = [700, 200]; // more than two chunks
    const make = () =>
      sequential({
        layers: [layers.embedding({ ...embeddingArgs, inputDim: rows, outputDim: elements })],
      });
    const every = tf.tensor2d([Array.from({ length: rows }, (_, row) => row)], [1, rows], 'int32');
    const model = make();
    const [expected] = predict(model, every);
    const [actual] = predict(quantizeModel(model, { weights: 'int8' }), every);
    expect(relativeError(actual, expected)).toBeLessThan(0.01);
  });
});
