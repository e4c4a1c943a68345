import { dispose } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isQuantizedLayer, kindOfQuantized, type LayerConfig } from './kinds';
import { assertModel, leaves, mapConfig, rebuild } from './model_tree';

/**
 * A copy of `model` with float layers of tf.layers in the place of its quantized ones, whose weights
 * are the values that the quantized weights stand for: to train it further, to convert it, or to
 * see what the formats cost without what low precision costs in the products.
 *
 * What quantizing did not keep does not come back: initializers, regularizers and constraints are
 * the defaults, and a TimeDistributed(Dense) is a Dense that computes the same. The copy is not
 * compiled. `model` stays whole.
 *
 * ```js
 * const model = tf.sequential({layers: [tf.layers.dense({units: 64, inputShape: [128]})]});
 * const quantized = tf.qutlass.quantizeModel(model, {weights: 'int4'});
 * const float = tf.qutlass.dequantizeModel(quantized);
 * console.log(float.layers[0].getClassName());  // Dense
 * ```
 *
 * @throws where `model` is no LayersModel, or a layer's class is not registered.
 *
 * @doc {heading: 'Models', subheading: 'Quantization', namespace: 'qutlass'}
 */
export function dequantizeModel<T extends LayersModel>(model: T): T {
  assertModel('dequantizeModel', 'model', model);
  const config = mapConfig(model, ({ layer }, entry) =>
    isQuantizedLayer(layer)
      ? kindOfQuantized(layer).floatEntry(entry.config as LayerConfig)
      : entry,
  );
  const originals = new Map(Array.from(leaves(model), ({ layer, path }) => [path, layer]));
  return rebuild(model, config, ({ layer, path }) => {
    const original = originals.get(path)!;
    if (!isQuantizedLayer(original)) return layer.setWeights(original.getWeights());
    const weights = original.dequantizeWeights();
    layer.setWeights(weights);
    dispose(weights);
  });
}
