import { type GradConfig, matMul, reshape, type Tensor, transpose } from '@tensorflow/tfjs-core';

import { Rotate } from '../kernels/kernel_names';
import { rotated } from '../ops/rotation';

export const rotateGradConfig: GradConfig = {
  kernelName: Rotate,
  inputsToSave: ['x', 'matrix'],
  gradFunc: (dy, [x, matrix]) => {
    const blocks = [-1, matrix.shape[0]];
    return {
      x: () => rotated('rotate', dy as Tensor, { hadamard: 0, matrix: transpose(matrix) }),
      matrix: () => matMul(reshape(x, blocks), reshape(dy as Tensor, blocks), true, false),
    };
  },
};
