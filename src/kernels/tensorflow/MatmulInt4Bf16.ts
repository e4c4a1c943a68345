import { MatmulInt4Bf16, MatmulInt4Bf16WithoutZeros } from '../kernel_names';
import { groupedProductConfigs } from './grouped_product';

export const matmulInt4Bf16Configs = groupedProductConfigs(
  MatmulInt4Bf16,
  MatmulInt4Bf16WithoutZeros,
  () => ({}),
);
