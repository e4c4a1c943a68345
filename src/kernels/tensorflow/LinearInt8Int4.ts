import {
  LinearInt8Int4,
  type LinearInt8Int4Attrs,
  LinearInt8Int4WithoutZeros,
} from '../kernel_names';
import { groupedProductConfigs } from './grouped_product';
import { rowQuantizerAttributes } from './row_quantizer';

export const linearInt8Int4Configs = groupedProductConfigs<LinearInt8Int4Attrs>(
  LinearInt8Int4,
  LinearInt8Int4WithoutZeros,
  rowQuantizerAttributes,
);
