import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

import { quantizeModel } from '../../src/layers';
import { addLora, loadLora, saveLora } from '../../src/training';
import { artifactsOf, classifier, inputOf, nested, predict, tokensOf } from '../layers/models';
import { describeOnBackends } from '../support/backends';

const ENCODER = (_: unknown, path: string) => path.startsWith('encoder/');

/** What saveLora hands to a handler, as a file has it: its topology was text. */
async function savedAdapters(model: LayersModel): Promise<tf.io.ModelArtifacts> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await saveLora(
    model,
    tf.io.withSaveHandler(async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return { ...artifacts!, modelTopology: JSON.parse(JSON.stringify(artifacts!.modelTopology)) };
}

/** The model with adapters whose B is not zeros, as if it had been trained. */
function tuned(base: LayersModel): LayersModel {
  const model = addLora(base, { rank: 2, alpha: 3, filter: ENCODER, seed: 1 });
  const values = model.getWeights();
  const names = model.weights.map(({ name }) => name);
  model.setWeights(
    values.map((value, i) => (/loraB/.test(names[i]) ? tf.fill(value.shape, 0.1) : value)),
  );
  return model;
}

describeOnBackends('Adapters that were saved', () => {
  it('give the same model on the same base', async () => {
    const base = quantizeModel(nested(), { weights: 'int4', groupSize: 8 });
    const model = tuned(base);
    const artifacts = await savedAdapters(model);
    const loaded = await loadLora(base, tf.io.fromMemory(artifacts));
    const x = tokensOf(4);
    expect(predict(loaded, x)).toEqual(predict(model, x));
    expect(predict(loaded, x)).not.toEqual(predict(base, x));
    expect(loaded.trainableWeights.length).toBe(4);
    expect(await savedAdapters(loaded)).toEqual(artifacts);
  });

  it('are A and B and no more', async () => {
    const artifacts = await savedAdapters(tuned(quantizeModel(nested())));
    expect(artifacts.weightSpecs!.map(({ name, shape }) => [name, shape])).toEqual([
      ['encoder/wide/loraA', [8, 2]],
      ['encoder/wide/loraB', [2, 24]],
      ['encoder/narrow/loraA', [24, 2]],
      ['encoder/narrow/loraB', [2, 10]],
    ]);
    expect((artifacts.weightData as ArrayBuffer).byteLength).toBe(4 * 2 * (8 + 24 + 24 + 10));
  });

  it('are refused by other models, and leave nothing behind', async () => {
    const artifacts = await savedAdapters(tuned(quantizeModel(nested())));
    const other = quantizeModel(classifier());
    const before = tf.memory().numTensors;
    await expectAsync(loadLora(other, tf.io.fromMemory(artifacts))).toBeRejectedWithError(
      'loadLora: classifier has no quantized layer encoder/wide without an adapter, and the file ' +
        'has an adapter for it',
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it('are refused where they are damaged', async () => {
    const base = quantizeModel(nested());
    const artifacts = await savedAdapters(tuned(base));
    const load = (changes: object) =>
      loadLora(base, tf.io.fromMemory({ ...artifacts, ...changes }));
    const topology = JSON.stringify(artifacts.modelTopology);
    await expectAsync(
      load({ modelTopology: JSON.parse(topology.replace('"version":1', '"version":2')) }),
    ).toBeRejectedWithError('loadLora: the adapters have format version 2, expected 1');
    await expectAsync(
      load({ weightSpecs: artifacts.weightSpecs!.slice(0, 3) }),
    ).toBeRejectedWithError(
      'loadLora: the adapter of encoder/narrow is not whole: A or B is missing',
    );
    await expectAsync(
      load({ modelTopology: JSON.parse(topology.replace('"rank":2', '"rank":4')) }),
    ).toBeRejectedWithError(/loadLora: A of encoder\/wide: /);
    const model = await artifactsOf(base);
    await expectAsync(loadLora(base, tf.io.fromMemory(model))).toBeRejectedWithError(
      /loadLora: found .*, expected adapters of tf.qutlass.saveLora/,
    );
  });

  it('need a handler and a model with adapters', async () => {
    const base = quantizeModel(classifier());
    await expectAsync(saveLora(base, 'nowhere://adapters')).toBeRejectedWithError(
      'saveLora: no layer of classifier has an adapter of tf.qutlass.addLora',
    );
    await expectAsync(saveLora(addLora(base), 'nowhere://adapters')).toBeRejectedWithError(
      "saveLora: 0 handlers of tf.io for 'nowhere://adapters', expected one",
    );
    const x = inputOf([2, 37], 1);
    expect((base.predict(x) as Tensor).shape).toEqual([2, 5]);
  });
});
