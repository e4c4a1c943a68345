import * as tf from '@tensorflow/tfjs-core';
import { layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';

import {
  loadModel,
  QutlassModelError,
  quantizeModel,
  type QutlassModelErrorCode,
} from '../../src/layers';
import { describeOnBackends } from '../support/backends';
import { artifactsOf, classifier, inputOf, nested, predict } from './models';

type Artifacts = tf.io.ModelArtifacts;

const saved = () => artifactsOf(quantizeModel(classifier(), { weights: 'int4', groupSize: 8 }));

/** Artifacts with a part of their topology's text replaced. */
function edited(artifacts: Artifacts, text: string, by: string): Artifacts {
  const before = JSON.stringify(artifacts.modelTopology);
  const after = before.replace(text, by);
  expect(after).withContext(`${text} is not there`).not.toBe(before);
  return { ...artifacts, modelTopology: JSON.parse(after) };
}

async function errorOf(artifacts: Artifacts): Promise<QutlassModelError> {
  const error = await loadModel({ load: async () => artifacts }).then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(QutlassModelError);
  return error as QutlassModelError;
}

async function expectCode(
  artifacts: Artifacts,
  code: QutlassModelErrorCode,
  message: RegExp,
): Promise<void> {
  const error = await errorOf(artifacts);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
}

describeOnBackends('loadModel', () => {
  it('loads what tf.loadLayersModel does, quantized or not', async () => {
    const x = inputOf([3, 37], 1);
    for (const model of [classifier(), quantizeModel(classifier())]) {
      const loaded = await loadModel(tf.io.fromMemory(await artifactsOf(model)));
      expect(predict(loaded, x)).toEqual(predict(model, x));
      loaded.dispose();
    }
  });

  it('refuses what cannot be read', async () => {
    const failing: tf.io.IOHandler = {
      load: async () => {
        throw new Error('the disk is gone');
      },
    };
    await expectAsync(loadModel(failing)).toBeRejectedWith(
      jasmine.objectContaining({
        code: 'NOT_READABLE',
        message: 'cannot read a model from the IOHandler: the disk is gone',
      }),
    );
    await expectAsync(loadModel({})).toBeRejectedWith(
      jasmine.objectContaining({ code: 'NOT_READABLE' }),
    );
  });

  it('refuses what is no layers model', async () => {
    await expectCode({ modelTopology: {} }, 'NOT_A_LAYERS_MODEL', /has no layers model$/);
    await expectCode({}, 'NOT_A_LAYERS_MODEL', /has no layers model$/);
    await expectCode(
      { modelTopology: { node: [] } },
      'NOT_A_LAYERS_MODEL',
      /has no layers model but a graph model: load it with tf.loadGraphModel/,
    );
  });

  it('refuses weights that were cut off, or too many of them', async () => {
    const artifacts = await saved();
    const bytes = artifacts.weightData as ArrayBuffer;
    for (const weightData of [bytes.slice(0, -4), bytes.slice(0, 3), undefined]) {
      await expectCode(
        { ...artifacts, weightData },
        'DAMAGED',
        /bytes of weights, expected \d+ for/,
      );
    }
    const longer = [bytes, new ArrayBuffer(4)];
    await expectCode({ ...artifacts, weightData: longer }, 'DAMAGED', /has \d+ bytes of weights/);
  });

  it('refuses weights of another shape, and weights that are missing', async () => {
    const artifacts = await saved();
    const [kernel, ...others] = artifacts.weightSpecs!;
    const transposed = { ...kernel, shape: [...kernel.shape].reverse() };
    await expectCode(
      { ...artifacts, weightSpecs: [transposed, ...others] },
      'DAMAGED',
      /cannot load the IOHandler: .*Shape mismatch/,
    );
    await expectCode(
      { ...artifacts, weightSpecs: [{ ...kernel, name: 'first/nucleus' }, ...others] },
      'DAMAGED',
      /first\/nucleus/,
    );
  });

  it('refuses layers whose config does not hold', async () => {
    const artifacts = await saved();
    await expectCode(edited(artifacts, '"int4"', '"fp2"'), 'DAMAGED', /format is 'fp2', expected/);
    await expectCode(edited(artifacts, '"group_size":8', '"group_size":7'), 'DAMAGED', /groupSize/);
    await expectCode(edited(artifacts, '"units":24', '"units":-1'), 'DAMAGED', /units is -1/);
    await expectCode(
      edited(artifacts, '"QuantizedDense"', '"QuantizedDance"'),
      'UNKNOWN_LAYER',
      /Unknown layer: QuantizedDance/,
    );
  });

  it('refuses a version of the format that it does not know, as tf.loadLayersModel does', async () => {
    const models = [
      classifier(),
      nested(),
      sequential({ layers: [layers.conv1d({ filters: 4, kernelSize: 1, inputShape: [8, 4] })] }),
    ];
    for (const model of models) {
      const artifacts = await artifactsOf(quantizeModel(model));
      const newer = edited(artifacts, '"format_version":1', '"format_version":4');
      const message =
        /Quantized\w+ \w+: was saved in format version 4, and this tfjs-qutlass reads versions up to 3: install a newer one/;
      await expectCode(newer, 'UNSUPPORTED_VERSION', message);
      await expectAsync(loadLayersModel(tf.io.fromMemory(newer))).toBeRejectedWith(
        jasmine.objectContaining({ code: 'UNSUPPORTED_VERSION' }),
      );
      const strange = edited(artifacts, '"format_version":1', '"format_version":"one"');
      await expectCode(strange, 'UNSUPPORTED_VERSION', /format version 'one', and .* up to 3$/);
    }
  });
});
