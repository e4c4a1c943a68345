import { util } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

import { assertModel, leaves, type Leaf } from '../layers/model_tree';
import type { QuantizeModelOptions } from '../layers/quantization_plan';
import { quantizeModel } from '../layers/quantize_model';
import { isFakeQuantizedDense, type FakeQuantizedDense } from './fake_quantized_dense';
import { replaceLayers } from './replace_layers';

/**
 * The quantized model that `tf.qutlass.prepareQat` prepared `model` for: what
 * `tf.qutlass.quantizeModel` makes of the trained weights, in the formats they were trained for.
 *
 * `model` stays whole. The copy is not compiled.
 *
 * ```js
 * const layer = tf.layers.dense({units: 2, inputShape: [8]});
 * const qat = tf.qutlass.prepareQat(tf.sequential({layers: [layer]}), {weights: 'int4'});
 * const quantized = tf.qutlass.convert(qat);
 * console.log(tf.qutlass.inspectModel(quantized).layers);
 * ```
 *
 * @param model a model with layers of `tf.qutlass.prepareQat`, or loaded from a file that has them
 * @throws where it has none.
 *
 * @doc {heading: 'Models', subheading: 'Training', namespace: 'qutlass'}
 */
export function convert<T extends LayersModel>(model: T): T {
  assertModel('convert', 'model', model);
  const prepared = Array.from(leaves(model)).filter(({ layer }) => isFakeQuantizedDense(layer));
  util.assert(
    prepared.length > 0,
    () => `convert: no layer of ${model.name} was prepared by tf.qutlass.prepareQat`,
  );
  const trained = withTrainedKernels(model);
  try {
    return quantizeModel(trained, { filter: formatsOf(prepared) });
  } finally {
    trained.dispose();
  }
}

/** The model with dense layers again, their kernels clipped as they were in training. */
function withTrainedKernels<T extends LayersModel>(model: T): T {
  return replaceLayers(model, ({ layer }, { config }) => {
    if (!isFakeQuantizedDense(layer)) return null;
    const [, ...bias] = layer.getWeights();
    return {
      entry: { className: 'Dense', config },
      weights: () => [layer.trainedKernel(), ...bias],
    };
  });
}

/** A filter of `quantizeModel` that answers what each layer was prepared for. */
function formatsOf(prepared: Leaf[]): NonNullable<QuantizeModelOptions['filter']> {
  const formats = new Map(
    prepared.map(({ layer, path }) => {
      const { format, ...others } = (layer as FakeQuantizedDense).quantization;
      return [path, { weights: format, ...others }];
    }),
  );
  return (_, path) => formats.get(path) ?? false;
}
