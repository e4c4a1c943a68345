import { broadcastTo } from '@tensorflow/tfjs-core';

import { DequantizeInt8, LinearInt8, LinearInt8WithMatrix } from '../kernels/kernel_names';
import { runKernel } from '../ops/run_kernel';
import { linearGradConfigs } from './linear_gradients';

const NAME = 'linearInt8';

export const linearInt8GradConfigs = linearGradConfigs({
  op: NAME,
  kernelName: LinearInt8,
  kernelNameWithMatrix: LinearInt8WithMatrix,
  dequantize: (w, wScale, k) => (range) => {
    const scale = wScale.rank === 0 ? broadcastTo(wScale, [w.shape[0]]) : wScale;
    return runKernel(NAME, DequantizeInt8, { values: w, scale }, { k, ...range });
  },
});
