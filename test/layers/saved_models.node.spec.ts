import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';

import { loadModel } from '../../src/layers';
import { FORMAT_VERSION } from '../../src/layers/format_version';
import { describeOnBackends } from '../support/backends';
import { artifactsOf } from './models';
import { type Expected, expectOutputOfThen, SAVED_MODELS } from './saved_models';

const FIXTURES = join(__dirname, '../fixtures');

const json = (name: string, file: string) =>
  JSON.parse(readFileSync(join(FIXTURES, name, file), 'utf8'));

function weightsOf(name: string): ArrayBuffer {
  return new Uint8Array(readFileSync(join(FIXTURES, name, 'weights.bin'))).buffer;
}

/** Reads a model as tfjs-node's handler of files does, which is not there on every run. */
function handler(name: string): tf.io.IOHandler {
  return {
    load: async () => {
      const { modelTopology, weightsManifest } = json(name, 'model.json');
      const [{ weights: weightSpecs }] = weightsManifest;
      return { modelTopology, weightSpecs, weightData: weightsOf(name) };
    },
  };
}

describeOnBackends('A model that this version or one before saved', (backend) => {
  it('is there for every version of the format', () => {
    const folders = readdirSync(join(FIXTURES, 'saved_models'));
    expect(folders.sort()).toEqual(Array.from({ length: FORMAT_VERSION }, (_, i) => `v${i + 1}`));
  });

  for (const name of SAVED_MODELS) {
    it(`${name} goes on loading and giving its output`, async () => {
      for (const load of [loadLayersModel, loadModel]) {
        const model = await load(handler(name));
        expectOutputOfThen(name, model, json(name, 'expected.json') as Expected, backend.name);
        model.dispose();
      }
    });

    it(`${name} is saved to the same weights again`, async () => {
      const model = await loadModel(handler(name));
      const { weightData } = await artifactsOf(model);
      expect(new Uint8Array(weightData as ArrayBuffer)).toEqual(new Uint8Array(weightsOf(name)));
      model.dispose();
    });
  }
});
