/** Layers whose inputs are turned before they are quantized, and int4 ones with int8 or int4 activations. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { input, layers, loadLayersModel, model, sequential } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';

import {
  dequantizeModel,
  inspectModel,
  QuantizedDense,
  quantizeModel,
  type QuantizeModelOptions,
} from '../../src/layers';
import { addLora, mergeLora } from '../../src/training';
import { linearInt4, linearInt8, quantizeInt4, quantizeInt8 } from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { contentsOf } from '../support/contents';
import { expectNoLeak, expectSameBits } from '../support/expectations';
import {
  artifactsOf,
  classifier,
  dense,
  inputOf,
  nested,
  predict,
  relativeError,
  tokensOf,
} from './models';

const K = 64;
const UNITS = 11;

/** 64 → 32 relu → 8: widths that blocks of 16 and 32 divide. */
function wide() {
  return sequential({
    layers: [
      dense({ name: 'hidden', units: 32, inputShape: [K], activation: 'relu', seed: 1 }),
      dense({ name: 'logits', units: 8, seed: 2 }),
    ],
  });
}

/** A seeded orthogonal matrix. */
function orthogonal(n: number): Tensor2D {
  return tf.tidy(() => tf.linalg.qr(inputOf([n, n], 4) as Tensor2D)[0] as Tensor2D);
}

/** Inputs of which these are large, and do not matter. */
const OUTLIERS = [3];

function withOutliers(rows: number): Tensor {
  return tf.tidy(() => {
    const large = tf.oneHot(tf.tensor1d(OUTLIERS, 'int32'), K, 15, 0, 'float32');
    return tf.add(inputOf([rows, K], 5), tf.sum(large, 0));
  });
}

/** A dense layer that ignores those. */
function blindToOutliers() {
  const model = sequential({ layers: [dense({ units: UNITS, inputShape: [K], seed: 1 })] });
  const [kernel, bias] = model.layers[0].getWeights();
  const ignored = tf.oneHot(tf.tensor1d(OUTLIERS, 'int32'), K, 0, 1, 'float32');
  const seen = tf.reshape(tf.prod(ignored, 0), [K, 1]);
  model.layers[0].setWeights([tf.mul(kernel, seen), bias]);
  return model;
}

const ROTATED: Record<string, QuantizeModelOptions> = {
  'int8 with a Hadamard rotation': { weights: 'int8', rotation: { hadamard: 32 } },
  'int8 with zero points': { weights: 'int8', symmetric: false, rotation: { hadamard: 16 } },
  'int4 with a Hadamard rotation': {
    weights: 'int4',
    groupSize: 16,
    rotation: { hadamard: 32 },
  },
  'int4 with int8 activations': { weights: 'int4', activations: 'int8', groupSize: 16 },
  'int4 with int8 activations, symmetric, with a Hadamard rotation, quest': {
    ...{ weights: 'int4', activations: 'int8', symmetric: true, method: 'quest', groupSize: 8 },
    rotation: { hadamard: 16 },
  },
  'int4 activations': { weights: 'int4', activations: 'int4' },
  'int4 activations with a Hadamard rotation, quest': {
    ...{ weights: 'int4', activations: 'int4', method: 'quest' },
    rotation: { hadamard: 32 },
  },
};

describeOnBackends('A rotated layer', () => {
  it('gives the bits of linearInt8 with its rotation', () => {
    const args = { format: 'int8', method: 'quest', rotation: { hadamard: 16 } } as const;
    const layer = new QuantizedDense({ units: UNITS, activation: 'relu', ...args });
    layer.build([null, K]);
    const kernel = inputOf([K, UNITS], 1) as Tensor2D;
    const bias = inputOf([UNITS], 2);
    layer.setWeights(layer.packWeights(kernel, bias));
    const x = inputOf([5, K], 3);
    const options = { method: 'quest', rotation: { hadamard: 16 } } as const;
    const { values, scale } = quantizeInt8(tf.transpose(kernel), options);
    const expected = linearInt8(x, values, scale, { ...options, bias, activation: 'relu' });
    expectSameBits(layer.apply(x) as Tensor, contentsOf(expected));
  });

  it('gives the bits of linearInt4 with a matrix that is one of its weights', () => {
    const matrix = orthogonal(16);
    const layer = new QuantizedDense({
      ...{ units: UNITS, format: 'int4', activations: 'int4', rotation: { matrix } },
    });
    layer.build([null, K]);
    const kernel = inputOf([K, UNITS], 1) as Tensor2D;
    const bias = inputOf([UNITS], 2);
    layer.setWeights(layer.packWeights(kernel, bias));
    expect(layer.weights.map(({ originalName }) => originalName)).toEqual([
      ...['kernel', 'scale', 'rotation', 'bias'],
    ]);
    const x = inputOf([5, K], 3);
    const { values, scale } = quantizeInt4(tf.transpose(kernel), { rotation: { matrix } });
    const expected = linearInt4(x, values, scale, { rotation: { matrix }, bias });
    expectSameBits(layer.apply(x) as Tensor, contentsOf(expected));
  });
});

describeOnBackends('mergeLora of rotated layers', () => {
  it('packs merged kernels with the rotation that the layer has', () => {
    for (const rotation of [{ matrix: orthogonal(32) }, { hadamard: 32 }]) {
      for (const [options, bound] of [
        [{ rotation }, 0.01],
        [{ rotation, weights: 'int4', activations: 'int8', groupSize: 8 }, 0.1],
      ] as const) {
        const float = wide();
        const base = quantizeModel(float, options);
        const merged = mergeLora(addLora(base)); // adapters that add nothing yet
        const x = inputOf([4, K], 3);
        expect(relativeError(predict(merged, x)[0], predict(base, x)[0])).toBeLessThan(bound);
      }
    }
  });
});

describeOnBackends('quantizeModel with rotations and int4 activations', () => {
  for (const [name, options] of Object.entries(ROTATED)) {
    it(`${name}: computes nearly what the float model does`, () => {
      const float = wide();
      const x = inputOf([16, K], 3);
      const [expected] = predict(float, x);
      const [actual] = predict(quantizeModel(float, options), x);
      const bound = options.activations === 'int4' ? 0.3 : options.weights === 'int4' ? 0.15 : 0.02;
      expect(relativeError(actual, expected)).toBeLessThan(bound);
      expect(relativeError(actual, expected)).toBeGreaterThan(0);
    });

    it(`${name}: is saved and loaded to the same bits`, async () => {
      const quantized = quantizeModel(wide(), options);
      const x = inputOf([3, K], 3);
      const loaded = await loadLayersModel(tf.io.fromMemory(await artifactsOf(quantized)));
      expect(predict(loaded, x)).toEqual(predict(quantized, x));
      loaded.dispose();
    });

    it(`${name}: goes back to the float model, with the error of its integers`, () => {
      const float = wide();
      const back = dequantizeModel(quantizeModel(float, options));
      const [kernel] = float.layers[0].getWeights().map(contentsOf);
      const [found] = back.layers[0].getWeights().map(contentsOf);
      expect(relativeError(found, kernel)).toBeLessThan(options.weights === 'int4' ? 0.2 : 0.01);
    });
  }

  it('takes a matrix as it takes the Hadamard rotation of the same elements', async () => {
    const float = wide();
    const matrix = orthogonal(32);
    const quantized = quantizeModel(float, { rotation: { matrix } });
    const x = inputOf([16, K], 3);
    expect(relativeError(predict(quantized, x)[0], predict(float, x)[0])).toBeLessThan(0.02);
    const loaded = await loadLayersModel(tf.io.fromMemory(await artifactsOf(quantized)));
    expect(predict(loaded, x)).toEqual(predict(quantized, x));
    expect(inspectModel(quantized).layers[0].format).toBe('int8 matrix 32');
    loaded.dispose();
  });

  it('loses less of inputs with outliers when they are rotated', () => {
    const float = blindToOutliers();
    const x = withOutliers(16);
    const [expected] = predict(float, x);
    const errorOf = (rotation?: { hadamard: number }) => {
      const options = { weights: 'int4', activations: 'int4', rotation } as const;
      return relativeError(predict(quantizeModel(float, options), x)[0], expected);
    };
    expect(errorOf({ hadamard: 32 })).toBeLessThan(0.6 * errorOf());
  });

  it('loses next to nothing of inputs in int8 that bf16 keeps, with weights in int4', () => {
    const float = wide();
    const x = inputOf([16, K], 3);
    const [bf16, int8, int4] = (['bf16', 'int8', 'int4'] as const).map((activations) => {
      const groups = activations === 'int4' ? {} : { groupSize: 16 };
      const quantized = quantizeModel(float, { weights: 'int4', activations, ...groups });
      return relativeError(predict(quantized, x)[0], predict(float, x)[0]);
    });
    expect(int8).toBeLessThan(1.05 * bf16);
    expect(int8).not.toBe(bf16);
    expect(int8).toBeLessThan(0.7 * int4);
  });

  it('leaves a layer whose K is no multiple, and says why', () => {
    const quantized = quantizeModel(classifier(), { rotation: { hadamard: 16 } });
    const [first, second, logits] = inspectModel(quantized).layers;
    expect(first.reason).toBe('K is 37, which is no multiple of the 16 that are rotated together');
    expect(second.reason).toMatch(/K is 24/);
    expect(logits.format).toBe('int8 hadamard 16');
  });

  it('stores an embedding in the format of its weights alone', () => {
    const options = { weights: 'int4', activations: 'int4', method: 'quest' } as const;
    const { layers: rows } = inspectModel(quantizeModel(nested(), options));
    expect(rows[0].format).toBe('int4 g128');
    expect(rows[1].format).toBe('int4 a4 quest');
  });

  it('quantizes recurrent layers, convolutions and every step alike', async () => {
    const tokens = input({ shape: [8], dtype: 'int32' });
    // Not the default, whose orthogonal matrices need chained ops, which browser specs do not load.
    const recurrentInitializer = 'glorotNormal';
    const steps = [
      layers.embedding({ inputDim: 11, outputDim: 32 }),
      layers.conv1d({ filters: 32, kernelSize: 1 }),
      layers.timeDistributed({ layer: layers.dense({ units: 16 }) }),
      layers.gru({ units: 16, returnSequences: true, recurrentInitializer }),
      layers.lstm({ units: 16, recurrentInitializer }),
    ];
    const output = steps.reduce((x, layer) => layer.apply(x) as SymbolicTensor, tokens);
    const float = model({ inputs: tokens, outputs: output });
    const rotation = { matrix: orthogonal(16) };
    const x = tf.tidy(() => tf.slice(tf.concat([tokensOf(2), tokensOf(2)], 1), [0, 0], [2, 8]));
    for (const [activations, format] of [
      ['int4', 'int4 a4 matrix 16'],
      ['int8', 'int4 g128 a8 matrix 16'],
    ] as const) {
      const quantized = quantizeModel(float, { weights: 'int4', activations, rotation });
      expect(inspectModel(quantized).layers.map((row) => row.format)).toEqual([
        ...['int4 g128', ...Array<string>(4).fill(format)],
      ]);
      const loaded = await loadLayersModel(tf.io.fromMemory(await artifactsOf(quantized)));
      expect(predict(loaded, x)).toEqual(predict(quantized, x));
      loaded.dispose();
    }
  });

  it('saves a layer that has none of it for the versions before', async () => {
    const options = ROTATED['int8 with a Hadamard rotation'];
    const filter = (_: unknown, path: string) =>
      path === 'hidden' ? options : { weights: 'int8' as const };
    const quantized = quantizeModel(wide(), { filter });
    const versions = (model: LayersModel) =>
      model.layers.map((layer) => layer.getConfig().formatVersion);
    expect(versions(quantized)).toEqual([2, 1]);
    const int8Activations = { weights: 'int4', activations: 'int8' } as const;
    expect(versions(quantizeModel(wide(), int8Activations))).toEqual([3, 3]);
    expect(quantized.layers[1].getConfig().rotation).toBeUndefined();
  });

  it('leaks nothing', () => {
    const float = wide();
    const matrix = orthogonal(16);
    expectNoLeak(() => {
      const quantized = quantizeModel(float, {
        weights: 'int4',
        activations: 'int4',
        rotation: { matrix },
      });
      quantized.dispose();
    });
  });

  it('refuses settings that do not go together', () => {
    const failing = (options: object) => () => quantizeModel(wide(), options);
    const cases: [object, RegExp][] = [
      [{ weights: 'int8', activations: 'int4' }, /activations is 'int4', expected 'int8'/],
      [{ weights: 'int4', activations: 'fp4' }, /is 'fp4', expected 'bf16', 'int8' or 'int4'/],
      [{ weights: 'int4', activations: 'int8', groupSize: 12 }, /groupSize is 12, expected a/],
      [{ weights: 'int4', activations: 'int4', groupSize: 32 }, /groupSize is 32, expected none/],
      [{ weights: 'int4', activations: 'int4', symmetric: false }, /symmetric is false/],
      [{ weights: 'int4', method: 'quest' }, /method is 'quest', expected 'abs_max'/],
      [{ symmetric: false, method: 'quest' }, /method 'quest' has no zero points/],
      [{ method: 'rms' }, /method is 'rms', expected 'abs_max' or 'quest'/],
      [{ rotation: { hadamard: 48 } }, /rotation.hadamard is 48, expected 16, 32/],
      [{ rotation: 64 }, /rotation is 64, expected \{hadamard: size\} or \{matrix: tensor\}/],
      [{ rotation: { matrix: tf.ones([16, 8]) } }, /rotation.matrix is float32 \[16,8\]/],
      [{ rotation: { matrix: tf.ones([16, 16]) } }, /not orthogonal: R·Rᵀ is off .* by 16/],
      [{ rotation: { matrix: 16 } }, /the matrix of size 16 is needed/],
    ];
    for (const [options, message] of cases) expect(failing(options)).toThrowError(message);
  });
});
