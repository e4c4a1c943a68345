import type { layers } from '@tensorflow/tfjs-layers';
import { dense } from './dense';
import type { LayerConfig, LayerKind } from './kind';

/**
 * TimeDistributed(Dense): a dense layer takes all leading axes as rows, so it computes the same at
 * once that the wrapper computes step by step.
 */
export const timeDistributed: LayerKind = {
  ...dense,
  classNames: ['TimeDistributed'],

  unsupported(layer) {
    const inner = (layer as layers.Layer & { layer: layers.Layer }).layer.getClassName();
    return inner === 'Dense' ? null : `no quantized form of TimeDistributed(${inner})`;
  },

  quantizedConfig({ className, config, kernelShape }, quantization) {
    const { config: inner } = config.layer as { config: LayerConfig };
    const { units, activation, useBias } = inner;
    const flat = { ...config, units, activation, useBias };
    return dense.quantizedConfig({ className, config: flat, kernelShape }, quantization);
  },
};
