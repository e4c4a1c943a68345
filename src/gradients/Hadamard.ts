import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';

import { Hadamard, type HadamardAttrs } from '../kernels/kernel_names';
import { rotated } from '../ops/rotation';

export const hadamardGradConfig: GradConfig = {
  kernelName: Hadamard,
  gradFunc: (dy, _saved, attrs) => {
    const { blockSize } = attrs as unknown as HadamardAttrs;
    // The matrix is symmetric.
    return {
      x: () => rotated('hadamard', dy as Tensor, { hadamard: blockSize, matrix: undefined }),
    };
  },
};
