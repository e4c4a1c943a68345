import { LinearInt8Int4, LinearInt8Int4WithoutZeros } from '../kernels/kernel_names';
import { groupedGradConfigs } from './grouped_gradients';

export const linearInt8Int4GradConfigs = groupedGradConfigs({
  op: 'linearInt8Int4',
  kernelName: LinearInt8Int4,
  kernelNameWithoutZeros: LinearInt8Int4WithoutZeros,
});
