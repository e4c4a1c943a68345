import { dispose, engine, tidy, util, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { LayersModel } from '@tensorflow/tfjs-layers';
import { valueText } from '../ops/values';
import type { Quantization } from './formats';
import { leaves, mapConfig, modelFromConfig, type Leaf, type LayerEntry } from './model_tree';
import {
  planQuantization,
  type QuantizationPlan,
  type QuantizeModelOptions,
} from './quantization_plan';
import { noteReason } from './quantization_report';
import { QuantizedDense } from './quantized_dense';

/**
 * A copy of `model` with its dense layers in int8 or int4 (`QuantizedDense`), the rest as it was.
 *
 * `model` is a Sequential or a functional model, with nested models or without, and stays whole:
 * either model can be disposed of without harm to the other. Layers keep their names. A layer that
 * cannot be quantized is copied as it is; `quantizationReport` of the result says why. The copy is
 * not compiled: neither optimizer nor loss is carried over.
 *
 * ```js
 * const model = tf.sequential({layers: [
 *   tf.layers.dense({units: 64, activation: 'relu', inputShape: [32], name: 'hidden'}),
 *   tf.layers.dense({units: 8, activation: 'softmax', name: 'logits'}),
 * ]});
 * const quantized = tf.qutlass.quantizeModel(model, {
 *   weights: 'int4',
 *   groupSize: 32,
 *   filter: (layer, path) => path === 'logits' ? {weights: 'int8'} : true,
 * });
 * quantized.predict(tf.ones([1, 32])).print();
 * console.table(tf.qutlass.quantizationReport(quantized).layers);
 * await quantized.save('file:///tmp/quantized');
 * ```
 *
 * @param model any tf.LayersModel; its layers' classes must be registered, as for `model.save`
 * @param options see `QuantizeModelOptions`
 * @throws where `model` is no LayersModel, or an option is unknown or invalid; nothing is allocated
 * then, nor left where a layer's class turns out not to be registered.
 *
 * @doc {heading: 'Models', subheading: 'Quantization', namespace: 'qutlass'}
 */
export function quantizeModel<T extends LayersModel>(
  model: T,
  options: QuantizeModelOptions = {},
): T {
  util.assert(
    model instanceof LayersModel,
    () => `quantizeModel: model is ${valueText(model)}, expected a tf.LayersModel`,
  );
  const plan = planQuantization(model, options);
  return withoutLeftovers(() => {
    const quantized = modelFromConfig(model, quantizedConfig(model, plan));
    fillWeights(quantized, model, plan);
    return quantized;
  });
}

function quantizedConfig(model: LayersModel, plan: QuantizationPlan): object {
  return mapConfig(model, (leaf, entry) => {
    const quantization = plan.get(leaf.path);
    return quantization === undefined || 'reason' in quantization
      ? entry
      : quantizedEntry(leaf, entry, quantization);
  });
}

function quantizedEntry(
  { layer }: Leaf,
  entry: LayerEntry,
  quantization: Quantization,
): LayerEntry {
  const { name, trainable, batchInputShape, dtype, units, activation, useBias } =
    entry.config as Record<string, unknown>;
  const inputDim = layer.getWeights()[0].shape[0];
  return {
    className: QuantizedDense.className,
    config: {
      ...{ name, trainable, batchInputShape, dtype, units, activation, useBias },
      ...quantization,
      inputDim,
    },
  };
}

// Layers that stay share their weights' data with the float model: tfjs counts references to it,
// and a change of a weight on either side puts new data in its place.
function fillWeights(quantized: LayersModel, model: LayersModel, plan: QuantizationPlan): void {
  const originals = new Map(Array.from(leaves(model), ({ layer, path }) => [path, layer]));
  for (const { layer, path } of leaves(quantized)) {
    const weights = originals.get(path)?.getWeights() ?? [];
    const planned = plan.get(path);
    if (planned !== undefined && 'format' in planned) {
      const [kernel, bias] = weights as [Tensor2D, Tensor?];
      tidy(() => layer.setWeights((layer as QuantizedDense).packWeights(kernel, bias)));
    } else {
      layer.setWeights(weights);
      if (planned !== undefined) noteReason(layer, planned.reason);
    }
  }
}

/** Calls `build`; where it throws, disposes of the variables that it has made so far. */
export function withoutLeftovers<T>(build: () => T): T {
  const { registeredVariables } = engine();
  const before = new Set(Object.values(registeredVariables));
  try {
    return build();
  } catch (error) {
    const made = Object.values(registeredVariables).filter((variable) => !before.has(variable));
    dispose(made);
    throw error;
  }
}
