import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';

import { MatmulInt4Int4Bf16, type MatmulInt4Int4Bf16Attrs } from '../kernels/kernel_names';
import { biasGradient } from './bias_gradient';
import { frozen } from './frozen';
import { throughActivation } from './through_activation';

export const matmulInt4Int4Bf16GradConfig: GradConfig = {
  kernelName: MatmulInt4Int4Bf16,
  outputsToSave: [true],
  gradFunc: (dy, [y], attrs) => {
    const { activation } = attrs as unknown as MatmulInt4Int4Bf16Attrs;
    return {
      bias: () => biasGradient(throughActivation(dy as Tensor, y, activation)),
      ...frozen(
        'matmulInt4Int4Bf16',
        ['a', 'b', 'sa', 'sb'],
        'for that of the float32 rows it came from, use tf.qutlass.linearInt4',
      ),
    };
  },
};
