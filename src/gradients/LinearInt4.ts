import { broadcastTo, reshape } from '@tensorflow/tfjs-core';

import { DequantizeInt4, LinearInt4, LinearInt4WithMatrix } from '../kernels/kernel_names';
import { runKernel } from '../ops/run_kernel';
import { linearGradConfigs } from './linear_gradients';

const NAME = 'linearInt4';

export const linearInt4GradConfigs = linearGradConfigs({
  op: NAME,
  kernelName: LinearInt4,
  kernelNameWithMatrix: LinearInt4WithMatrix,
  dequantize: (w, wScale, k) => (range) => {
    // A row is one group, whose zero point is 8.
    const shape = [w.shape[0], 1];
    const scales = wScale.rank === 0 ? broadcastTo(wScale, shape) : reshape(wScale, shape);
    const attrs = { k, groupSize: k, ...range };
    return runKernel(NAME, DequantizeInt4, { values: w, scales }, attrs);
  },
});
