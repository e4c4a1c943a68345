import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

import { quantizationConfig } from '../layers/formats/quantization_config';
import type { LayerConfig } from '../layers/kinds';
import { commonConfig } from '../layers/kinds/kind';
import { assertModel } from '../layers/model_tree';
import { planQuantization, type QuantizeModelOptions } from '../layers/quantization_plan';
import { FakeQuantizedDense } from './fake_quantized_dense';
import { replaceLayers } from './replace_layers';

/** The options of `prepareQat`: those of `quantizeModel`, and how weights are clipped. */
export interface PrepareQatOptions extends Omit<QuantizeModelOptions, 'inPlace'> {
  /** The part of the range of a group of weights that is kept, over 0 and at most 1, the default. */
  clipRatio?: number;
}

/**
 * A copy of `model` for quantization-aware training: its dense layers multiply with what int4 or
 * int8 leave of their kernels (`FakeQuantizedDense`), and learn to do with that.
 *
 * Those are the dense layers that `tf.qutlass.quantizeModel` quantizes with the same options, those in
 * TimeDistributed too; layers of other kinds stay float, and can be quantized once `model` is
 * converted. A pretrained model needs a small part of its training again; int4 gains most, int8
 * seldom needs it. With int8 weights only the weights are rounded here: the inputs, which the
 * quantized layer rounds as well, are not. With int4 weights, int4 and int8 activations are rounded
 * too, and of `method: 'quest'` what is clipped has no gradient. Rotations are those by Hadamard
 * matrices. The copy has to be compiled; `tf.qutlass.convert` makes it a quantized model.
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
  assertModel('prepareQat', 'model', model);
  const { clipRatio, ...quantizeOptions } = options;
  const plan = planQuantization(model, quantizeOptions);
  return replaceLayers(model, ({ layer, path }, entry) => {
    const planned = plan.get(path);
    if (planned === undefined || 'reason' in planned) return null;
    const config = denseConfig(layer, entry.config as LayerConfig);
    if (config === null) return null;
    return {
      entry: {
        className: FakeQuantizedDense.className,
        config: { ...config, ...quantizationConfig(planned.quantization), clipRatio },
      },
      weights: () => layer.getWeights(),
    };
  });
}

/**
 * The config of a dense layer, or of the one that TimeDistributed has at each step and that takes all
 * steps at once as well; null for other layers.
 */
function denseConfig(layer: layers.Layer, config: LayerConfig): LayerConfig | null {
  const className = layer.getClassName();
  if (className === 'Dense') return config;
  if (className !== 'TimeDistributed') return null;
  const { config: inner } = config.layer as { config: LayerConfig };
  return { ...inner, ...commonConfig(config) };
}
