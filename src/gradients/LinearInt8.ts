import { broadcastTo, type GradConfig, type Tensor } from '@tensorflow/tfjs-core';

import { DequantizeInt8, LinearInt8, type LinearInt8Attrs } from '../kernels/kernel_names';
import { runKernel } from '../ops/run_kernel';
import { biasGradient } from './bias_gradient';
import { frozen } from './frozen';
import { inputGradient } from './input_gradient';
import { throughActivation } from './through_activation';

const NAME = 'linearInt8';

export const linearInt8GradConfig: GradConfig = {
  kernelName: LinearInt8,
  inputsToSave: ['w', 'wScale'],
  outputsToSave: [true],
  gradFunc: (dy, [w, wScale, y], attrs) => {
    const { k, activation } = attrs as unknown as LinearInt8Attrs;
    const dSum = throughActivation(dy as Tensor, y, activation);
    const rowScales = () => (wScale.rank === 0 ? broadcastTo(wScale, [w.shape[0]]) : wScale);
    return {
      x: () => {
        const inputs = { values: w, scale: rowScales() };
        return inputGradient(dSum, k, (range) =>
          runKernel(NAME, DequantizeInt8, inputs, { k, ...range }),
        );
      },
      bias: () => biasGradient(dSum),
      ...frozen(NAME, ['w', 'wScale'], 'train x, the bias, or adapters (tf.qutlass.addLora)'),
    };
  },
};
