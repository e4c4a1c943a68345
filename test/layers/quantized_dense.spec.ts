import * as tf from '@tensorflow/tfjs-core';
import { input, layers, loadLayersModel, model, sequential } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';

import { QuantizedDense, quantizedDense, type QuantizedDenseArgs } from '../../src/layers';
import { linearInt8, linearInt8Int4, matmulInt4Bf16 } from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { contentsOf } from '../support/contents';
import { expectNoLeak, expectSameBits } from '../support/expectations';
import { inputOf } from './models';

const K = 37;
const UNITS = 11;

/** A built layer with seeded weights. */
function filled(args: Omit<QuantizedDenseArgs, 'units'>): QuantizedDense {
  const layer = quantizedDense({ units: UNITS, ...args });
  layer.build([null, K]);
  const kernel = inputOf([K, UNITS], 1) as tf.Tensor2D;
  layer.setWeights(layer.packWeights(kernel, layer.useBias ? inputOf([UNITS], 2) : undefined));
  return layer;
}

const apply = (layer: QuantizedDense, x: tf.Tensor) => layer.apply(x) as tf.Tensor;

describeOnBackends('QuantizedDense', () => {
  for (const activation of ['linear', 'relu', 'relu6'] as const) {
    it(`int8 with ${activation} gives the bits of linearInt8`, () => {
      for (const symmetric of [true, false]) {
        const layer = filled({ format: 'int8', activation, symmetric });
        const x = inputOf([5, K], 3);
        const [kernel, scale, bias] = layer.getWeights() as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];
        const expected = linearInt8(x, kernel, scale, { bias, activation, symmetric });
        expectSameBits(apply(layer, x), contentsOf(expected));
      }
    });

    it(`int4 with ${activation} gives the bits of matmulInt4Bf16, and of linearInt8Int4`, () => {
      for (const symmetric of [true, false]) {
        const layer = filled({ format: 'int4', groupSize: 16, activation, symmetric });
        const x = inputOf([5, K], 3);
        const weights = layer.getWeights();
        const [kernel, scales] = weights as tf.Tensor2D[];
        const zeros = symmetric ? null : (weights[2] as tf.Tensor2D);
        const bias = weights[weights.length - 1];
        const options = { groupSize: 16, bias, activation };
        const expected = matmulInt4Bf16(x, kernel, scales, zeros, options);
        expectSameBits(apply(layer, x), contentsOf(expected));

        const { quantization } = layer;
        const ofInt8 = filled({
          ...quantization,
          activations: 'int8',
          activation,
          method: 'quest',
        });
        ofInt8.setWeights(weights);
        const quest = { ...options, method: 'quest' } as const;
        const product = linearInt8Int4(x, kernel, scales, zeros, quest);
        expectSameBits(apply(ofInt8, x), contentsOf(product));
      }
    });
  }

  it('applies the activations that products do not have to their results', () => {
    const x = inputOf([4, K], 3);
    for (const activation of ['tanh', 'softmax', 'gelu', 'swish']) {
      const plain = filled({ format: 'int8' });
      const activated = filled({ format: 'int8', activation });
      const expected = layers.activation({ activation: activation as never });
      expectSameBits(apply(activated, x), contentsOf(expected.apply(apply(plain, x)) as tf.Tensor));
    }
  });

  it('treats leading axes as rows', () => {
    const layer = filled({ format: 'int8', useBias: false });
    const x = inputOf([6, K], 3);
    const rows = contentsOf(apply(layer, x));
    const stacked = apply(layer, tf.reshape(x, [2, 3, K]));
    expect(stacked.shape).toEqual([2, 3, UNITS]);
    expectSameBits(tf.reshape(stacked, [6, UNITS]), rows);
    expect(layer.computeOutputShape([null, 3, K])).toEqual([null, 3, UNITS]);
  });

  it('takes int32 inputs as float32', () => {
    const layer = filled({ format: 'int4' });
    const x = tf.fill([2, K], 3, 'int32');
    expectSameBits(apply(layer, x), contentsOf(apply(layer, tf.cast(x, 'float32'))));
  });

  it('has its weights in the documented order, none of them trainable', () => {
    const names = (layer: QuantizedDense) => layer.weights.map(({ originalName }) => originalName);
    const shapes = (layer: QuantizedDense) => layer.getWeights().map(({ shape }) => shape);
    const int8 = filled({ format: 'int8' });
    expect(names(int8)).toEqual(['kernel', 'scale', 'bias']);
    expect(shapes(int8)).toEqual([[UNITS, 10], [UNITS], [UNITS]]);
    const int4 = filled({ format: 'int4', groupSize: 8 });
    expect(names(int4)).toEqual(['kernel', 'scales', 'zeros', 'bias']);
    expect(shapes(int4)).toEqual([[UNITS, 5], [UNITS, 5], [UNITS, 5], [UNITS]]);
    expect(names(filled({ format: 'int4', symmetric: true, useBias: false }))).toEqual([
      'kernel',
      'scales',
    ]);
    expect(int8.trainableWeights).toEqual([]);
  });

  it('comes back from its config', () => {
    const layer = filled({ format: 'int4', groupSize: 8, symmetric: true, activation: 'elu' });
    const config = JSON.parse(JSON.stringify(layer.getConfig()));
    const again = tf.serialization.SerializationMap.getMap().classNameMap['QuantizedDense'];
    const copy = again[1](again[0], config) as QuantizedDense;
    expect(copy.getConfig()).toEqual(layer.getConfig());
    copy.build([null, K]);
    copy.setWeights(layer.getWeights());
    const x = inputOf([3, K], 3);
    expectSameBits(apply(copy, x), contentsOf(apply(layer, x)));
  });

  it('starts a Sequential model, and joins a functional one', () => {
    const first = quantizedDense({ units: 3, format: 'int8', inputShape: [4] });
    expect(sequential({ layers: [first] }).outputShape).toEqual([null, 3]);
    const x = input({ shape: [7, 4] });
    const second = quantizedDense({ units: 3, format: 'int4' });
    const output = second.apply(x) as SymbolicTensor;
    expect(model({ inputs: x, outputs: output }).outputShape).toEqual([null, 7, 3]);
    expect(second.kernelShape).toEqual([4, 3]);
  });

  it('keeps no tensors but its weights, and frees those', () => {
    const before = tf.memory().numTensors;
    const network = sequential({
      layers: [quantizedDense({ units: 3, format: 'int4', activation: 'tanh', inputShape: [9] })],
    });
    expect(tf.memory().numTensors).toBe(before + 4);
    const x = inputOf([2, 9], 1);
    tf.dispose([network.predict(x) as tf.Tensor, x]);
    expect(tf.memory().numTensors).toBe(before + 4);
    network.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('packs weights, and keeps nothing else', () => {
    const kernel = inputOf([K, UNITS], 1) as tf.Tensor2D;
    for (const symmetric of [true, false]) {
      const layer = quantizedDense({ units: UNITS, format: 'int4', symmetric, useBias: false });
      expectNoLeak(() => layer.packWeights(kernel));
    }
  });

  const refused: [string, Partial<QuantizedDenseArgs>, RegExp][] = [
    ['units of 0', { units: 0 }, /units is 0, expected a positive integer/],
    ['an unknown format', { format: 'int3' as never }, /format is 'int3', expected 'int8' or/],
    ['a groupSize for int8', { groupSize: 32 }, /groupSize is 32, expected none: int8 weights/],
    [
      'a groupSize that splits words',
      { format: 'int4', groupSize: 12 },
      /groupSize is 12, expected a positive multiple of 8/,
    ],
    ['a symmetric that is no boolean', { symmetric: 1 as never }, /symmetric is 1, expected true/],
    ['an unknown activation', { activation: 'bend' }, /Unknown activation: bend/],
    ['an inputDim that is no size', { inputDim: 1.5 }, /inputDim is 1.5, expected a positive/],
  ];
  for (const [what, args, message] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => quantizedDense({ units: 4, format: 'int8', ...args })).toThrowError(message);
    });
  }

  it('refuses inputs and kernels that do not fit', () => {
    const layer = () => quantizedDense({ name: 'q', units: 3, format: 'int8', inputDim: 4 });
    expect(() => layer().build([null, 5])).toThrowError(
      'QuantizedDense q: the input has 5 features, but the kernel has K=4',
    );
    expect(() => layer().build([null, null])).toThrowError(/expected \[…, M, K\] with K known/);
    expect(() => layer().build([4])).toThrowError(/the input has shape \[4\], expected/);
    expect(() =>
      quantizedDense({ units: 1, format: 'int8', symmetric: false }).build([null, 65794]),
    ).toThrowError(/K is 65794, and int8 products are exact only up to 65793/);
    expect(() => layer().packWeights(tf.zeros([3, 4]))).toThrowError(/the kernel/);
    expect(() => layer().packWeights(tf.zeros([4, 3]))).toThrowError(
      /a bias is missing, but useBias is true/,
    );
    expect(() => layer().apply(tf.zeros([2, 5]))).toThrowError(/but the kernel has K=4/);
  });

  it('is registered once more without harm', async () => {
    tf.serialization.registerClass(QuantizedDense);
    const network = sequential({
      layers: [quantizedDense({ units: 2, format: 'int8', inputShape: [4] })],
    });
    let saved: tf.io.ModelArtifacts | undefined;
    await network.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    const loaded = await loadLayersModel(tf.io.fromMemory(saved!));
    expect(loaded.layers[0]).toBeInstanceOf(QuantizedDense);
    loaded.dispose();
  });
});
