import { MatmulInt4Bf16, MatmulInt4Bf16WithoutZeros } from '../kernels/kernel_names';
import { groupedGradConfigs } from './grouped_gradients';

export const matmulInt4Bf16GradConfigs = groupedGradConfigs({
  op: 'matmulInt4Bf16',
  kernelName: MatmulInt4Bf16,
  kernelNameWithoutZeros: MatmulInt4Bf16WithoutZeros,
});
