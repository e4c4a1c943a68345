import type * as tf from '@tensorflow/tfjs-core';
import { sequential, type LayersModel } from '@tensorflow/tfjs-layers';

import {
  compareModels,
  inspectModel,
  quantizeModel,
  suggest,
  type QuantizeLayerOptions,
  type QuantizeModelOptions,
  type SuggestOptions,
} from '../../src/layers';
import { describeOnBackends } from '../support/backends';
import { expectError, expectNoLeak } from '../support/expectations';
import { classifier, dense, inputOf, nested, siamese, tokensOf } from './models';

const CANDIDATES = [
  { weights: 'int4' as const, groupSize: 64, symmetric: true },
  { weights: 'int4' as const, groupSize: 8, symmetric: true },
  { weights: 'int8' as const },
];

/** What quantizing with a filter gives. */
function outcome(model: LayersModel, x: tf.Tensor, filter: QuantizeModelOptions['filter']) {
  const quantized = quantizeModel(model, { filter });
  const { error } = compareModels(model, quantized, x);
  return { error, bytes: inspectModel(quantized).bytesAfter };
}

describeOnBackends('suggest', () => {
  const x = () => inputOf([60, 37], 1);

  it('meets a budget of error, the smaller the looser it is', () => {
    const model = classifier();
    const sizes: number[] = [];
    for (const maxError of [0.5, 0.04, 0.01, 0.004, 0]) {
      const suggestion = suggest(model, x(), { maxError, candidates: CANDIDATES });
      const { error, bytes } = outcome(model, x(), suggestion.filter);
      expect(error).toBeLessThanOrEqual(maxError);
      expect(suggestion.error).toBeCloseTo(error, 6);
      expect(suggestion.bytes).toBe(bytes);
      sizes.push(bytes);
    }
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(new Set(sizes).size).toBe(sizes.length);
    expect(sizes[4]).toBe(inspectModel(model).bytesAfter);
  });

  it('mixes formats: smaller than the one format that meets the same error', () => {
    const model = classifier();
    const all = outcome(model, x(), () => ({ weights: 'int8' }));
    const { bytes, layers } = suggest(model, x(), { maxError: 0.04, candidates: CANDIDATES });
    expect(all.error).toBeLessThan(0.04);
    expect(bytes).toBeLessThan(all.bytes);
    expect(new Set(layers.map(({ format }) => format)).size).toBeGreaterThan(1);
  });

  it('meets a budget of bytes, the more accurate the larger it is', () => {
    const model = classifier();
    const errors: number[] = [];
    for (const maxBytes of [1100, 1700, 6000]) {
      const suggestion = suggest(model, x(), { maxBytes, candidates: CANDIDATES });
      const { error, bytes } = outcome(model, x(), suggestion.filter);
      expect(bytes).toBeLessThanOrEqual(maxBytes);
      expect(suggestion.bytes).toBe(bytes);
      errors.push(error);
    }
    expect(errors).toEqual([...errors].sort((a, b) => b - a));
    expect(errors[2]).toBe(0);
  });

  it('takes nothing that is larger and errs more', () => {
    const model = sequential({ layers: [dense({ units: 32, inputShape: [64], seed: 1 })] });
    const zeroPointsEverywhere = { weights: 'int4' as const, groupSize: 8 };
    const { layers } = suggest(model, inputOf([20, 64], 1), {
      maxBytes: 4000,
      candidates: [zeroPointsEverywhere, { weights: 'int8' }],
    });
    expect(layers.map(({ format }) => format)).toEqual(['int8']);
  });

  const withActivations: [QuantizeLayerOptions, string][] = [
    [{ weights: 'int4', groupSize: 8, activations: 'int8' }, 'int4 g8 a8'],
    [{ weights: 'int4', activations: 'int4' }, 'int4 a4'],
  ];
  for (const [candidate, format] of withActivations) {
    it(`measures ${format} with its activations`, () => {
      const model = classifier();
      const suggestion = suggest(model, x(), { maxError: 0.5, candidates: [candidate] });
      expect(suggestion.layers.map((layer) => layer.format)).toEqual([format, format, format]);
      const { error, bytes } = outcome(model, x(), () => candidate);
      expect(suggestion.error).toBeCloseTo(error, 6);
      expect(suggestion.bytes).toBe(bytes);
      const withBf16 = outcome(model, x(), () => ({ ...candidate, activations: 'bf16' }));
      expect(Math.abs(withBf16.error - error)).toBeGreaterThan(1e-5);
    });
  }

  it('takes the activations that err less where the weights are the same', () => {
    const bf16 = { weights: 'int4' as const, groupSize: 8 };
    const int8 = { ...bf16, activations: 'int8' as const };
    const errorsOf = (...candidates: QuantizeLayerOptions[]) =>
      suggest(classifier(), x(), { maxError: 0.5, candidates }).layers.map(({ error }) => error);
    const [errors, ofBf16, ofInt8] = [errorsOf(int8, bf16), errorsOf(bf16), errorsOf(int8)];
    expect(errors).toEqual(ofBf16.map((error, i) => Math.min(error, ofInt8[i])));
  });

  it('gives an embedding the format of the weights alone', () => {
    const candidates: QuantizeLayerOptions[] = [
      { weights: 'int4', groupSize: 8, symmetric: true, activations: 'int8' },
    ];
    const { layers } = suggest(nested(), tokensOf(8), { maxError: 0.9, candidates });
    expect(layers.map(({ format }) => format)).toEqual([
      ...['int4 g8', 'int4 g8 a8', 'int4 g8 a8', 'int4 g8 a8'],
    ]);
  });

  it('asks for nested layers by their path', () => {
    const { layers } = suggest(nested(), tokensOf(8), { maxError: 0.05 });
    expect(layers.map(({ layer }) => layer)).toEqual([
      'embedding',
      'encoder/wide',
      'encoder/narrow',
      'head',
    ]);
  });

  it('leaves nothing behind, and the model whole', () => {
    const model = classifier();
    const inputs = x();
    const [pair, twins] = [siamese(), [inputOf([3, 20], 1), inputOf([3, 20], 2)]];
    expectNoLeak(() => {
      suggest(model, inputs, { maxError: 0.05 });
      suggest(pair, twins, { maxBytes: 3000 });
      return [];
    });
    expect(outcome(model, inputs, () => false).error).toBe(0);
  });

  const refused: [string, SuggestOptions, RegExp][] = [
    ['no budget', {}, /suggest: expected one of maxError and maxBytes/],
    ['two budgets', { maxError: 1, maxBytes: 1 }, /suggest: expected one of maxError and maxBytes/],
    ['a budget that is no number', { maxError: NaN }, /maxError is NaN, expected a number from 0/],
    ['too few bytes', { maxBytes: 100 }, /maxBytes is 100, but the smallest choices take \d+/],
    ['an unknown candidate', { maxError: 1, candidates: [{ weights: 'int2' as never }] }, /'int2'/],
  ];
  for (const [what, options, message] of refused) {
    it(`refuses ${what}`, () => {
      const model = classifier();
      const inputs = x();
      expectError(() => suggest(model, inputs, options), message);
    });
  }
});
