import { statSync } from 'node:fs';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';

import { quantizeModel } from '../../src/layers';
import { addLora, loadLora, saveLora } from '../../src/training';
import { classifier, inputOf, predict } from '../layers/models';
import { describeOnBackends, describePending } from '../support/backends';
import { temporaryFolder } from '../support/temporary_folder';

function describeOnDisk(): void {
  const folder = temporaryFolder();

  it('are small, load again, and are no model', async () => {
    const base = quantizeModel(classifier(), { weights: 'int4' });
    const tuned = addLora(base, { rank: 2 });
    tuned.setWeights(tuned.getWeights().map((value) => tf.onesLike(value)));
    await saveLora(tuned, `file://${folder()}`);
    const size = 4 * 2 * (37 + 24 + 24 + 16 + 16 + 5);
    expect(statSync(join(folder(), 'weights.bin')).size).toBe(size);
    const file = `file://${join(folder(), 'model.json')}`;
    const loaded = await loadLora(base, file);
    const kernels = tuned.weights.map((weight, i) => [weight.name, i] as const);
    for (const [name, i] of kernels.filter(([name]) => name.includes('lora'))) {
      expect(loaded.getWeights()[i].dataSync())
        .withContext(name)
        .toEqual(tuned.getWeights()[i].dataSync());
    }
    expect(predict(loaded, inputOf([2, 37], 1))).not.toEqual(predict(base, inputOf([2, 37], 1)));
    await expectAsync(loadLayersModel(file)).toBeRejectedWithError(/QutlassLoraAdapters/);
  });
}

// tfjs-node brings the handlers of files, and is there only where its backend is tested.
if (tf.io.getSaveHandlers('file:///').length > 0) {
  describeOnBackends('Adapters on disk', describeOnDisk);
} else {
  describePending('Adapters on disk', 'skipped: tfjs-node is not loaded');
}
