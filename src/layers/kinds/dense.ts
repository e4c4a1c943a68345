import { quantizationConfig } from '../formats/quantization_config';
import { commonConfig, type LayerKind } from './kind';
import { productKernel } from './product_kernel';

export const dense: LayerKind = {
  ...productKernel,
  classNames: ['Dense'],
  quantizedClass: 'QuantizedDense',

  unsupported() {
    return null;
  },

  quantizedConfig({ config, kernelShape: [inputDim] }, quantization) {
    const { units, activation, useBias } = config;
    return {
      ...commonConfig(config),
      units,
      activation,
      useBias,
      inputDim,
      ...quantizationConfig(quantization),
    };
  },

  floatEntry(config) {
    const { units, activation, useBias } = config;
    return {
      className: 'Dense',
      config: { ...commonConfig(config), units, activation, useBias },
    };
  },
};
