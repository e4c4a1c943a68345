import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, sequential, type Sequential } from '@tensorflow/tfjs-layers';

import { quantizeModel, type QuantizeModelOptions } from '../../src/layers';
import { describeOnBackends } from '../support/backends';
import { classifier, dense, inputOf, nested, predict, siamese, tokensOf } from './models';

/** The most bytes of tensors there are after any kernel that `run` runs. */
async function peakBytes(run: () => tf.TensorContainer): Promise<number> {
  const { peakBytes: most } = await tf.profile(run);
  return most;
}

const UNITS = 512;
const LAYER_BYTES = 4 * UNITS * UNITS;

/** A table and four dense layers of 1 MB each. */
function large(): Sequential {
  const hidden = (seed: number) => dense({ units: UNITS, activation: 'relu', seed });
  const table = layers.embedding({
    inputDim: UNITS,
    outputDim: UNITS,
    inputLength: 2,
    embeddingsInitializer: initializers.randomNormal({ seed: 1 }),
  });
  return sequential({ layers: [table, hidden(2), hidden(3), hidden(4), hidden(5)] });
}

describeOnBackends('quantizeModel in place', () => {
  for (const weights of ['int8', 'int4'] as const) {
    it(`stays below the memory of the float model and one layer in ${weights}`, async () => {
      const before = tf.memory();
      const model = large();
      const floatBytes = tf.memory().numBytes;
      let quantized: Sequential;
      const most = await peakBytes(() => {
        quantized = quantizeModel(model, { weights, inPlace: true });
        return [];
      });
      expect(most).toBeGreaterThan(floatBytes);
      expect(most).toBeLessThan(floatBytes + LAYER_BYTES);
      const left = quantized!.weights.length;
      expect(tf.memory().numTensors).toBe(before.numTensors + left);
      expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers + left);
      expect(tf.memory().numBytes - before.numBytes).toBeLessThan(
        (floatBytes - before.numBytes) * (weights === 'int8' ? 0.26 : 0.17),
      );
      quantized!.dispose();
    });
  }

  it('gives the bits that a copy gives, and keeps nothing of the float model', () => {
    const inputs = {
      classifier: inputOf([5, 37], 1),
      siamese: [inputOf([5, 20], 2), inputOf([5, 20], 3)],
      nested: tokensOf(4),
    };
    const options: QuantizeModelOptions = {
      weights: 'int4',
      groupSize: 8,
      filter: (layer) => layer.name !== 'second' && layer.name !== 'score',
    };
    for (const make of [classifier, siamese, nested]) {
      const model = make();
      const x = inputs[model.name as keyof typeof inputs];
      const expected = predict(quantizeModel(model, options), x);
      const { numTensors, numBytes } = tf.memory();
      const floatWeights = model.weights.length;
      const quantized = quantizeModel(model, { ...options, inPlace: true });
      expect(tf.memory().numTensors).toBe(numTensors - floatWeights + quantized.weights.length);
      expect(tf.memory().numBytes).toBeLessThan(numBytes);
      expect(predict(quantized, x)).toEqual(expected);
      expect(() => model.predict(x)).toThrowError(/disposed/);
    }
  });

  it('frees the optimizer that the float model made', () => {
    const before = tf.memory().numTensors;
    const model = classifier();
    model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
    const quantized = quantizeModel(model, { inPlace: true });
    quantized.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('takes a layer that two nested models share', () => {
    const shared = dense({ name: 'shared', units: 8, inputShape: [8], seed: 1 });
    const inner = (name: string) => sequential({ name, layers: [shared] });
    const model = sequential({ layers: [inner('a'), inner('b')] });
    const x = inputOf([3, 8], 1);
    const expected = predict(quantizeModel(model), x);
    expect(predict(quantizeModel(model, { inPlace: true }), x)).toEqual(expected);
  });

  it('leaves the model whole where it refuses', () => {
    const model = classifier();
    const x = inputOf([5, 37], 1);
    const expected = predict(model, x);
    const before = tf.memory().numTensors;
    const refused = [
      { weights: 'int3' },
      { filter: () => 'yes' },
      { inPlace: 1 },
      { inPlace: true, groupSize: 8 },
    ];
    for (const options of refused) {
      expect(() =>
        quantizeModel(model, { inPlace: true, ...options } as QuantizeModelOptions),
      ).toThrowError(/quantizeModel: /);
    }
    expect(tf.memory().numTensors).toBe(before);
    expect(predict(model, x)).toEqual(expected);
  });

  it('frees both models where a layer fails half-way', () => {
    const before = tf.memory();
    const model = classifier();
    const [, , , logits] = model.layers;
    const weights = logits.getWeights();
    let reads = 0;
    spyOn(logits, 'getWeights').and.callFake(() => {
      // The first time it is asked for the plan, whether its kernel is finite.
      if (++reads > 1) throw new Error('out of memory');
      return weights;
    });
    expect(() => quantizeModel(model, { inPlace: true })).toThrowError('out of memory');
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });
});
