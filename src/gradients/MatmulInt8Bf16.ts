import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';

import { MatmulInt8Bf16, type MatmulInt8Bf16Attrs } from '../kernels/kernel_names';
import { biasGradient } from './bias_gradient';
import { frozen } from './frozen';
import { throughActivation } from './through_activation';

export const matmulInt8Bf16GradConfig: GradConfig = {
  kernelName: MatmulInt8Bf16,
  outputsToSave: [true],
  gradFunc: (dy, [y], attrs) => {
    const { activation } = attrs as unknown as MatmulInt8Bf16Attrs;
    return {
      bias: () => biasGradient(throughActivation(dy as Tensor, y, activation)),
      ...frozen(
        'matmulInt8Bf16',
        ['a', 'b', 'sa', 'sb', 'aZero'],
        'for that of the float32 rows it came from, use tf.qutlass.linearInt8',
      ),
    };
  },
};
