import { util } from '@tensorflow/tfjs-core';
import { LayersModel } from '@tensorflow/tfjs-layers';

import { planQuantization, type QuantizeModelOptions } from '../layers/quantization_plan';
import { valueText } from '../ops/values';
import { FakeQuantizedDense } from './fake_quantized_dense';
import { replaceLayers } from './replace_layers';

/** The options of `prepareQat`: those of `quantizeModel`, and how weights are clipped. */
export interface PrepareQatOptions extends QuantizeModelOptions {
  /** The part of the range of a group of weights that is kept, over 0 and at most 1, the default. */
  clipRatio?: number;
}

/**
 * A copy of `model` for quantization-aware training: its dense layers multiply with what int4 or
 * int8 leave of their kernels (`FakeQuantizedDense`), and learn to do with that.
 *
 * `tf.qutlass.quantizeModel` with the same options says which layers those are. A pretrained model
 * needs a small part of its training again; int4 gains most, int8 seldom needs it. Of int8 only the
 * weights are rounded here: the inputs, which the quantized layer rounds as well, are not. The copy
 * has to be compiled; `tf.qutlass.convert` makes it a quantized model.
 *
 * ```js
 * const model = tf.sequential({layers: [
 *   tf.layers.dense({units: 16, activation: 'relu', inputShape: [8]}),
 *   tf.layers.dense({units: 1}),
 * ]});
 * const qat = tf.qutlass.prepareQat(model, {weights: 'int4', groupSize: 32});
 * qat.compile({optimizer: tf.train.adam(0.001), loss: 'meanSquaredError'});
 * await qat.fit(tf.randomNormal([64, 8]), tf.randomNormal([64, 1]), {verbose: 0});
 * const quantized = tf.qutlass.convert(qat);
 * quantized.predict(tf.ones([1, 8])).print();
 * ```
 *
 * @param model any tf.LayersModel; its layers' classes must be registered, as for `model.save`
 * @param options see `PrepareQatOptions`
 * @throws where `model` is no LayersModel, or an option is unknown or invalid.
 *
 * @doc {heading: 'Models', subheading: 'Training', namespace: 'qutlass'}
 */
export function prepareQat<T extends LayersModel>(model: T, options: PrepareQatOptions = {}): T {
  util.assert(
    model instanceof LayersModel,
    () => `prepareQat: model is ${valueText(model)}, expected a tf.LayersModel`,
  );
  const { clipRatio, ...quantizeOptions } = options;
  const plan = planQuantization(model, quantizeOptions);
  return replaceLayers(model, ({ layer, path }, entry) => {
    const quantization = plan.get(path);
    if (quantization === undefined || 'reason' in quantization) return null;
    return {
      entry: {
        className: FakeQuantizedDense.className,
        config: { ...entry.config, ...quantization, clipRatio },
      },
      weights: () => layer.getWeights(),
    };
  });
}
