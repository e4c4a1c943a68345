/** Checkpoints in float16. */
import * as tf from '@tensorflow/tfjs-core';
import { layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';

import { saveInHalves } from '../../examples/shared/half_precision';
import { bytesOf } from '../../examples/shared/files';
import { temporaryFolder } from '../support/temporary_folder';

/** A float32 and the float16 that is nearest, by hand. */
const CASES = [
  [0, 0],
  [1, 1],
  [-1.5, -1.5],
  [1 + 2 ** -11, 1], // a tie goes to the even one
  [1 + 3 * 2 ** -11, 1 + 2 ** -9],
  [1 + 2 ** -11 + 2 ** -20, 1 + 2 ** -10],
  [2 - 2 ** -12, 2], // carries into the exponent
  [65519, 65504], // the largest
  [-(2 ** -14), -(2 ** -14)], // the smallest that is normal
  [2 ** -14 - 2 ** -26, 2 ** -14],
  [3 * 2 ** -24, 3 * 2 ** -24], // subnormal
  [2 ** -25, 0],
  [3 * 2 ** -25, 2 ** -23],
];

describe('saveInHalves', () => {
  const folder = temporaryFolder();
  beforeEach(() => tf.setBackend('tensorflow'));

  it('saves the nearest float16 of each weight, in two bytes', async () => {
    const layer = layers.dense({ units: CASES.length, useBias: false, inputShape: [1] });
    const model = sequential({ layers: [layer] });
    const kernel = tf.tensor2d([CASES.map(([value]) => value)]);
    layer.setWeights([kernel]);
    await saveInHalves(model, folder());
    const loaded = await loadLayersModel(`file://${folder()}/model.json`);
    const [values] = loaded.getWeights();
    expect(Array.from(values.dataSync())).toEqual(CASES.map(([, half]) => half));
    expect(bytesOf(folder())).toBeLessThan(2 * CASES.length + 2000);
    model.dispose();
    loaded.dispose();
    kernel.dispose();
  });
});
