import { util, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

import { kindOfQuantized, type LayerConfig } from '../layers/kinds';
import { assertModel, leaves } from '../layers/model_tree';
import { QuantizedDense } from '../layers/quantized_dense';
import { BOOLEAN, readOptions } from '../ops/options';
import { isLoraDense, type LoraDense } from './lora_dense';
import { replaceLayers } from './replace_layers';

/** The options of `mergeLora`. */
export interface MergeLoraOptions {
  /**
   * Whether merged kernels are quantized again, in the format they had; true by default. Otherwise
   * they become dense layers in float32.
   */
  requantize?: boolean;
}

/**
 * A copy of a model of `tf.qutlass.addLora` without adapters: alpha / rank · A · B is added to the
 * dequantized kernels, which are then quantized again.
 *
 * Quantizing again rounds every weight anew, by up to half a step of its group. What an adapter adds
 * is often less than that, and part of it is lost, in int4 much more than in int8: compare the merged
 * model with the one that has adapters. `requantize: false` loses nothing, and gives float32 layers,
 * 4 to 8 times as large. `model` stays whole.
 *
 * ```js
 * const model = tf.sequential({layers: [tf.layers.dense({units: 4, inputShape: [16]})]});
 * const base = tf.qutlass.quantizeModel(model, {weights: 'int8'});
 * const tuned = tf.qutlass.addLora(base, {rank: 2});
 * const merged = tf.qutlass.mergeLora(tuned);
 * merged.predict(tf.ones([1, 16])).print();
 * ```
 *
 * @param model a model with `LoraDense` layers
 * @param options see `MergeLoraOptions`
 * @throws where there is none.
 *
 * @doc {heading: 'Models', subheading: 'Training', namespace: 'qutlass'}
 */
export function mergeLora<T extends LayersModel>(model: T, options: MergeLoraOptions = {}): T {
  assertModel('mergeLora', 'model', model);
  const { requantize = true } = readOptions('mergeLora', options, { requantize: BOOLEAN });
  util.assert(
    Array.from(leaves(model)).some(({ layer }) => isLoraDense(layer)),
    () => `mergeLora: no layer of ${model.name} has an adapter of tf.qutlass.addLora`,
  );
  return replaceLayers(model, ({ layer }, { config }) => {
    if (!isLoraDense(layer)) return null;
    return {
      entry: requantize
        ? { className: QuantizedDense.className, config }
        : kindOfQuantized(layer).floatEntry(config as LayerConfig),
      weights: () => (requantize ? packed(layer) : layer.dequantizeWeights()),
    };
  });
}

function packed(layer: LoraDense): Tensor[] {
  const [kernel, bias] = layer.dequantizeWeights() as [Tensor2D, Tensor?];
  return layer.packWeights(kernel, bias);
}
