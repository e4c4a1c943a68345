import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';

import { quantizeModel, type QuantizeModelOptions } from '../../src/layers';
import { describeOnBackends } from '../support/backends';
import { artifactsOf, classifier, inputOf, nested, predict, siamese, tokensOf } from './models';

const formats: [string, QuantizeModelOptions][] = [
  ['int8', { weights: 'int8' }],
  ['int4', { weights: 'int4', groupSize: 8 }],
  ['symmetric int4', { weights: 'int4', groupSize: 8, symmetric: true }],
];

describeOnBackends('A quantized model that was saved', () => {
  for (const [what, options] of formats) {
    it(`gives the same bits in ${what} when it is loaded`, async () => {
      const inputs = {
        classifier: inputOf([5, 37], 1),
        siamese: [inputOf([5, 20], 2), inputOf([5, 20], 3)],
        nested: tokensOf(4),
      };
      for (const make of [classifier, siamese, nested]) {
        const quantized = quantizeModel(make(), options);
        const x = inputs[quantized.name as keyof typeof inputs];
        const artifacts = await artifactsOf(quantized);
        // As a file does it: through text.
        const modelTopology = JSON.parse(JSON.stringify(artifacts.modelTopology));
        const loaded = await loadLayersModel(tf.io.fromMemory({ ...artifacts, modelTopology }));
        expect(predict(loaded, x)).withContext(quantized.name).toEqual(predict(quantized, x));
        loaded.dispose();
      }
    });
  }

  it('holds packed int32 weights under the names of its layers', async () => {
    const { weightSpecs } = await artifactsOf(quantizeModel(classifier(), { weights: 'int8' }));
    expect(weightSpecs!.map(({ name, shape, dtype }) => [name, shape, dtype])).toEqual([
      ['first/kernel', [24, 10], 'int32'],
      ['first/scale', [24], 'float32'],
      ['first/bias', [24], 'float32'],
      ['second/kernel', [16, 6], 'int32'],
      ['second/scale', [16], 'float32'],
      ['logits/kernel', [5, 4], 'int32'],
      ['logits/scale', [5], 'float32'],
      ['logits/bias', [5], 'float32'],
    ]);
  });

  it('is refused where its weights do not fit its config', async () => {
    const artifacts = await artifactsOf(quantizeModel(classifier(), { weights: 'int8' }));
    const text = JSON.stringify(artifacts.modelTopology);
    const load = (modelTopology: string) =>
      loadLayersModel(tf.io.fromMemory({ ...artifacts, modelTopology: JSON.parse(modelTopology) }));
    await expectAsync(load(text.replace('"input_dim":24', '"input_dim":25'))).toBeRejectedWithError(
      /QuantizedDense second: the input has 24 features, but the kernel has K=25/,
    );
    await expectAsync(
      load(text.replace('"format":"int8"', '"format":"fp2"')),
    ).toBeRejectedWithError(/QuantizedDense first: format is 'fp2', expected 'int8' or 'int4'/);
  });
});
