import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { loadLayersModel, sequential, type LayersModel } from '@tensorflow/tfjs-layers';

import {
  inspectModel,
  quantizedDense,
  quantizeModel,
  type QuantizeModelOptions,
} from '../../src/layers';
import { addLora, type AddLoraOptions, LoraDense, mergeLora } from '../../src/training';
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
import { contentsOf, type Contents } from '../support/contents';
import { allowSavedTensors } from '../support/training';

const FORMATS: QuantizeModelOptions[] = [
  { weights: 'int8' },
  { weights: 'int8', symmetric: false },
  { weights: 'int4', groupSize: 8 },
  { weights: 'int4', groupSize: 8, symmetric: true },
  { weights: 'int4', groupSize: 8, activations: 'int8' },
];

/** A classifier without chance, with adapters on all layers but the second. */
function adapted(options: QuantizeModelOptions = FORMATS[2]): LayersModel {
  const model = sequential({
    layers: [
      dense({ name: 'first', units: 24, inputShape: [37], activation: 'relu', seed: 1 }),
      dense({ name: 'second', units: 16, activation: 'tanh', useBias: false, seed: 2 }),
      dense({ name: 'logits', units: 5, activation: 'softmax', seed: 3 }),
    ],
  });
  const filter = ({ name }: { name: string }) => name !== 'second';
  return addLora(quantizeModel(model, options), { rank: 3, alpha: 6, filter, seed: 5 });
}

/** A task that the classifier was not trained for: the sign of some features. */
function task(rows: number): { x: Tensor2D; y: Tensor2D } {
  const x = inputOf([rows, 37], 11) as Tensor2D;
  const label = tf.argMax(tf.slice(x, [0, 0], [rows, 5]), 1);
  return { x, y: tf.cast(tf.oneHot(label, 5), 'float32') as Tensor2D };
}

async function tune(model: LayersModel, epochs: number): Promise<number[]> {
  const { x, y } = task(128);
  model.compile({ optimizer: tf.train.adam(0.02), loss: 'categoricalCrossentropy' });
  const { history } = await model.fit(x, y, { epochs, batchSize: 32, shuffle: false, verbose: 0 });
  return history.loss as number[];
}

const weightsByName = (model: LayersModel): Map<string, Contents> =>
  new Map(model.weights.map((weight) => [weight.name, contentsOf(weight.read())]));

describeOnBackends('addLora', () => {
  allowSavedTensors();

  it('changes nothing before the adapters are trained', () => {
    const cases: [LayersModel, Tensor | Tensor[]][] = [
      [classifier(), inputOf([5, 37], 1)],
      [siamese(), [inputOf([5, 20], 2), inputOf([5, 20], 3)]],
      [nested(), tokensOf(4)],
    ];
    for (const options of FORMATS) {
      for (const [model, x] of cases) {
        const base = quantizeModel(model, options);
        expect(predict(addLora(base), x)).toEqual(predict(base, x));
      }
    }
  });

  it('adds alpha / rank · x · A · B before the activation', () => {
    const [k, units, rank] = [16, 4, 2];
    const args = { units, format: 'int4', groupSize: 8 } as const;
    const plain = quantizedDense(args);
    plain.build([null, k]);
    plain.setWeights(plain.packWeights(inputOf([k, units], 1) as Tensor2D, inputOf([units], 2)));
    const x = inputOf([3, k], 3) as Tensor2D;
    const [a, b] = [inputOf([k, rank], 4), inputOf([rank, units], 5)] as Tensor2D[];
    const product = plain.apply(x) as Tensor;
    const sum = tf.add(product, tf.mul(1.5, tf.matMul(tf.matMul(x, a), b)));
    for (const [activation, expected] of [
      ['linear', sum],
      ['relu', tf.relu(sum)],
      ['tanh', tf.tanh(sum)],
    ] as const) {
      const layer = new LoraDense({ ...args, activation, rank, alpha: 3 });
      layer.build([null, k]);
      layer.setWeights([a, b, ...plain.getWeights()]);
      const actual = contentsOf(layer.apply(x) as Tensor);
      expect(relativeError(actual, contentsOf(expected))).toBeLessThan(1e-6);
    }
  });

  for (const options of FORMATS) {
    it(`trains A and B alone, on ${JSON.stringify(options)}`, async () => {
      const model = adapted(options);
      expect(model.trainableWeights.map(({ originalName }) => originalName)).toEqual([
        'first/loraA',
        'first/loraB',
        'logits/loraA',
        'logits/loraB',
      ]);
      const before = weightsByName(model);
      const losses = await tune(model, 8);
      expect(losses[losses.length - 1]).toBeLessThan(0.75 * losses[0]);
      for (const [name, weight] of weightsByName(model)) {
        if (/lora[AB]/.test(name)) expect(weight).withContext(name).not.toEqual(before.get(name)!);
        else expect(weight).withContext(name).toEqual(before.get(name)!);
      }
    });
  }

  it('leaves no tensors behind in training', async () => {
    const model = adapted();
    const [x, y] = [inputOf([32, 37], 1), inputOf([32, 5], 2)];
    model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
    await model.fit(x, y, { verbose: 0 }); // the optimizer makes its own tensors
    const before = tf.memory().numTensors;
    await model.fit(x, y, { epochs: 2, verbose: 0 });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('leaves the quantized model whole, and either alive without the other', async () => {
    const base = quantizeModel(classifier(), { weights: 'int4' });
    const x = inputOf([5, 37], 1);
    const expected = predict(base, x);
    const tuned = addLora(base, { rank: 2, seed: 1 });
    await tune(tuned, 1);
    expect(predict(base, x)).toEqual(expected);
    const fromTuned = predict(tuned, x);
    base.dispose();
    expect(predict(tuned, x)).toEqual(fromTuned);
  });

  it('starts with the same values for a seed', () => {
    const base = quantizeModel(classifier(), { weights: 'int4' });
    const [first, again] = [addLora(base, { seed: 3 }), addLora(base, { seed: 3 })];
    const values = (model: LayersModel) => model.getWeights().map(contentsOf);
    expect(values(again)).toEqual(values(first));
    expect(values(addLora(base, { seed: 4 }))).not.toEqual(values(first));
  });

  it('gives a model that is the same after it was saved and loaded', async () => {
    const model = adapted();
    await tune(model, 1);
    const artifacts = await artifactsOf(model);
    const modelTopology = JSON.parse(JSON.stringify(artifacts.modelTopology));
    const loaded = await loadLayersModel(tf.io.fromMemory({ ...artifacts, modelTopology }));
    const x = inputOf([5, 37], 1);
    expect(predict(loaded, x)).toEqual(predict(model, x));
    expect(loaded.trainableWeights.length).toBe(4);
    loaded.dispose();
  });

  it('is a quantized layer in the report', () => {
    const { layers } = inspectModel(adapted());
    expect(layers[0]).toEqual({
      layer: 'first',
      kind: 'LoraDense',
      shape: [37, 24],
      format: 'int4 g8',
      bytesBefore: 4 * (37 * 24 + 24),
      bytesAfter: 4 * (5 * 24 + 5 * 24 + 5 * 24 + 24 + 3 * (37 + 24)),
    });
  });

  it('leaves no tensors behind but the weights', () => {
    const base = quantizeModel(nested(), { weights: 'int4' });
    const x = tokensOf(2);
    const before = tf.memory().numTensors;
    const tuned = addLora(base, { rank: 2 });
    tf.dispose(tuned.predict(x) as Tensor);
    expect(tf.memory().numTensors - before).toBe(tuned.weights.length);
    for (const requantize of [true, false]) mergeLora(tuned, { requantize }).dispose();
    tuned.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  const refused: [string, unknown, RegExp][] = [
    [
      'an unknown option',
      { ranks: 4 },
      /addLora: unknown option 'ranks', expected 'rank', 'alpha'/,
    ],
    ['a rank of 0', { rank: 0 }, /addLora: rank is 0, expected a positive integer/],
    ['an alpha that is no number', { alpha: NaN }, /addLora: alpha is NaN, expected a number/],
    ['a filter that takes none', { filter: () => false }, /addLora: no layer of classifier to ad/],
  ];
  for (const [what, options, message] of refused) {
    it(`refuses ${what}`, () => {
      const base = quantizeModel(classifier());
      const before = tf.memory().numTensors;
      expect(() => addLora(base, options as AddLoraOptions)).toThrowError(message);
      expect(tf.memory().numTensors).toBe(before);
    });
  }

  it('refuses a model that is not quantized, and what is none', () => {
    expect(() => addLora(classifier())).toThrowError(/quantize the model first with/);
    expect(() => addLora({} as LayersModel)).toThrowError(/addLora: model is an object/);
  });
});

describeOnBackends('mergeLora', () => {
  allowSavedTensors();

  it('gives dense layers that compute what the adapters do', async () => {
    for (const options of FORMATS) {
      const model = adapted(options);
      await tune(model, 2);
      const merged = mergeLora(model, { requantize: false });
      expect(merged.layers.map((layer) => layer.getClassName())).toEqual([
        'Dense',
        'QuantizedDense',
        'Dense',
      ]);
      const x = inputOf([9, 37], 1);
      const [expected] = predict(model, x);
      expect(relativeError(predict(merged, x)[0], expected)).toBeLessThan(0.01);
    }
  });

  it('quantizes them again in the format they had', async () => {
    // The bounds are some 1.5 times what was seen.
    for (const [options, bound] of [
      [FORMATS[0], 0.01],
      [FORMATS[2], 0.07],
      [FORMATS[3], 0.07],
    ] as const) {
      const model = adapted(options);
      await tune(model, 2);
      const merged = mergeLora(model);
      const formats = (of: LayersModel) => inspectModel(of).layers.map(({ format }) => format);
      expect(formats(merged)).toEqual(formats(model));
      const x = inputOf([9, 37], 1);
      const error = relativeError(predict(merged, x)[0], predict(model, x)[0]);
      expect(error).toBeLessThan(bound);
    }
  });

  it('keeps int8 kernels to the bit where the adapters add nothing', () => {
    const base = quantizeModel(classifier(), { weights: 'int8' });
    const x = inputOf([9, 37], 1);
    const [expected] = predict(base, x);
    expect(relativeError(predict(mergeLora(addLora(base)), x)[0], expected)).toBeLessThan(1e-3);
  });

  it('refuses a model without adapters', () => {
    expect(() => mergeLora(classifier())).toThrowError(
      'mergeLora: no layer of classifier has an adapter of tf.qutlass.addLora',
    );
    expect(() => mergeLora(adapted(), { requantise: true } as object)).toThrowError(
      /mergeLora: unknown option 'requantise'/,
    );
  });
});
