import { statSync } from 'node:fs';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel, sequential } from '@tensorflow/tfjs-layers';

import { inspectModel, quantizeModel } from '../../src/layers';
import { describeOnBackends, describePending } from '../support/backends';
import { temporaryFolder } from '../support/temporary_folder';
import { dense, inputOf, predict } from './models';

function describeOnDisk(): void {
  const folder = temporaryFolder();

  it('takes the bytes of its report, and gives the same bits when it is loaded', async () => {
    const layers = [
      dense({ units: 96, inputShape: [128], activation: 'relu', seed: 1 }),
      dense({ units: 64, seed: 2 }),
    ];
    const quantized = quantizeModel(sequential({ layers }), { weights: 'int4', groupSize: 32 });
    await quantized.save(`file://${folder()}`);
    const { bytesAfter } = inspectModel(quantized);
    expect(statSync(join(folder(), 'weights.bin')).size).toBe(bytesAfter);
    const loaded = await loadLayersModel(`file://${join(folder(), 'model.json')}`);
    const x = inputOf([3, 128], 3);
    expect(predict(loaded, x)).toEqual(predict(quantized, x));
    loaded.dispose();
    quantized.dispose();
  });
}

// tfjs-node brings the handlers of files, and is there only where its backend is tested.
if (tf.io.getSaveHandlers('file:///').length > 0) {
  describeOnBackends('A quantized model on disk', describeOnDisk);
} else {
  describePending('A quantized model on disk', 'skipped: tfjs-node is not loaded');
}
