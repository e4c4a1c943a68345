/** What quantization-aware training is worth, on real text. */
import * as tf from '@tensorflow/tfjs-core';

import { quantizeModel, type QuantizeModelOptions } from '../../src/layers';
import { convert, prepareQat } from '../../src/training';
import { testBackends } from '../support/backends';
import { allowSavedTensors } from '../support/training';
import { loss, textModel, textTask, train } from './text';

// One scale for all weights of an output: where int4 costs most.
const INT4: QuantizeModelOptions = { weights: 'int4', groupSize: 512, symmetric: true };

describe('Quantization-aware training', () => {
  // On the fastest there is: the others train the same way, only slower.
  const { name } = testBackends[testBackends.length - 1];
  beforeEach(async () => {
    await tf.setBackend(name);
    tf.engine().startScope();
  });
  afterEach(() => tf.engine().endScope());
  allowSavedTensors();

  it('loses less than half of what int4 costs after as much training in float32', async () => {
    const task = textTask(200_000, 224_000);
    const heldOut = textTask(250_000, 262_000);
    const pretrained = textModel(task);
    await train(pretrained, task, { epochs: 12, learningRate: 0.005 });

    const rest = { epochs: 6, learningRate: 0.003 };
    const float = prepareQat(pretrained, { filter: () => false });
    await train(float, task, rest);
    const aware = prepareQat(pretrained, INT4);
    await train(aware, task, rest);

    const inFloat = loss(float, heldOut);
    const afterTraining = loss(quantizeModel(float, INT4), heldOut) - inFloat;
    const afterAwareTraining = loss(convert(aware), heldOut) - inFloat;
    expect(inFloat).toBeLessThan(2.5); // of 6 bits that a guess takes
    expect(afterTraining).toBeGreaterThan(0.05); // enough to be seen
    expect(afterAwareTraining).toBeLessThan(0.5 * afterTraining);
  });
});
