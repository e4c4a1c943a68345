import { quantizationConfig } from '../formats/quantization_config';
import type { LayerConfig, LayerKind } from './kind';
import { commonConfig } from './kind';
import { productKernel } from './product_kernel';

const CLASS_NAMES = ['Conv1D', 'Conv2D', 'Conv3D'];

/** Convolutions whose kernel covers one position: a dense product there. */
export const pointwiseConv: LayerKind = {
  ...productKernel,
  classNames: CLASS_NAMES,
  quantizedClass: 'QuantizedPointwiseConv',

  unsupported(layer) {
    const { kernelSize } = layer.getConfig() as { kernelSize: number[] };
    return kernelSize.every((size) => size === 1)
      ? null
      : `no quantized form of ${layer.getClassName()} with a kernel of ${kernelSize.join('×')}`;
  },

  quantizedConfig({ config, kernelShape }, quantization) {
    const [inputDim] = kernelShape.slice(-2);
    return { ...convConfig(config), inputDim, ...quantizationConfig(quantization) };
  },

  floatEntry(config) {
    const strides = config.strides as number[];
    return {
      className: CLASS_NAMES[strides.length - 1],
      config: { ...convConfig(config), kernelSize: strides.map(() => 1) },
    };
  },
};

function convConfig(config: LayerConfig): LayerConfig {
  const { filters, strides, dataFormat, activation, useBias } = config;
  return { ...commonConfig(config), filters, strides, dataFormat, activation, useBias };
}
