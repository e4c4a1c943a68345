import { dispose, serialization, tidy, util, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { valueText } from '../ops/values';
import { matrixWeight } from './formats';
import type { LayerConfig } from './kinds';
import { assertModel, leaves, mapConfig, rebuild, type Leaf, type LayerEntry } from './model_tree';
import {
  planQuantization,
  type PlannedLayer,
  type QuantizationPlan,
  type QuantizeModelOptions,
} from './quantization_plan';
import { note, noteOf, type Note } from './quantization_notes';
import { signalToNoise } from './signal_to_noise';

type Layer = layers.Layer;

/**
 * A copy of `model` with the layers that are products or look-ups in int8 or int4, the rest as it was.
 *
 * Dense and TimeDistributed(Dense) become `QuantizedDense`, convolutions whose kernel covers one
 * position `QuantizedPointwiseConv`, Embedding `QuantizedEmbedding`, SimpleRNN, GRU and LSTM
 * `QuantizedRNN`. A layer that cannot be quantized is copied as it is; `inspectModel` of the result
 * says why.
 *
 * `model` is a Sequential or a functional model, with nested models or without. Layers keep their
 * names. The copy is not compiled: neither optimizer nor loss is carried over. `model` stays whole,
 * and either model can be disposed of without harm to the other.
 *
 * With `inPlace: true`, `model` is used up instead: each of its weights is freed as soon as its
 * layer is done, so that memory stays below that of the float model and one layer, where most of the
 * model is quantized. Nothing else may share its layers. Arguments and classes are checked before the
 * first weight is freed; should a layer fail after that, what is left of either model is freed too.
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
 * tf.qutlass.printReport(tf.qutlass.inspectModel(quantized));
 * ```
 *
 * @param model any tf.LayersModel; its layers' classes must be registered, as for `model.save`
 * @param options see `QuantizeModelOptions`
 * @throws where `model` is no LayersModel, an option is unknown or invalid, or a layer's class is
 * not registered; nothing is allocated then.
 *
 * @doc {heading: 'Models', subheading: 'Quantization', namespace: 'qutlass'}
 */
export function quantizeModel<T extends LayersModel>(
  model: T,
  { inPlace = false, onLayer = () => {}, ...options }: QuantizeModelOptions = {},
): T {
  assertModel('quantizeModel', 'model', model);
  util.assert(
    typeof inPlace === 'boolean',
    () => `quantizeModel: inPlace is ${valueText(inPlace)}, expected true or false`,
  );
  util.assert(
    typeof onLayer === 'function',
    () => `quantizeModel: onLayer is ${valueText(onLayer)}, expected a function`,
  );
  assertRegistered(model);
  const plan = planQuantization(model, options);
  const config = quantizedConfig(model, plan);
  const contents: LayerContents = new Map();
  const toFree = inPlace ? layersOf(model) : new Set<Layer>();
  try {
    collectContents(model, plan, contents, toFree, onLayer);
    return rebuild(model, config, (leaf) => fill(leaf, contents));
  } finally {
    toFree.forEach(freeWeights);
    if (inPlace) freeOptimizer(model);
    for (const { weights } of contents.values()) dispose(weights);
  }
}

// tfjs finds out only when it makes the copy: too late for a model that is used up by then.
function assertRegistered(model: LayersModel): void {
  const { classNameMap } = serialization.SerializationMap.getMap();
  for (const { layer, path } of leaves(model)) {
    const className = layer.getClassName();
    util.assert(
      className in classNameMap,
      () =>
        `quantizeModel: ${path} is of class ${className}, which is not registered; call ` +
        `tf.serialization.registerClass(${className}) first`,
    );
  }
}

function quantizedConfig(model: LayersModel, plan: QuantizationPlan): object {
  return mapConfig(model, (leaf, entry) => {
    const planned = plan.get(leaf.path);
    return planned === undefined || 'reason' in planned
      ? entry
      : quantizedEntry(leaf, entry, planned);
  });
}

function quantizedEntry(
  { layer }: Leaf,
  { config }: LayerEntry,
  { kind, quantization }: PlannedLayer,
): LayerEntry {
  const float = {
    className: layer.getClassName(),
    config: config as LayerConfig,
    kernelShape: layer.weights[0].shape as number[],
  };
  return { className: kind.quantizedClass, config: kind.quantizedConfig(float, quantization) };
}

/** By path, the weights of the layers of a quantized model, and what the report says of them. */
type LayerContents = Map<string, { weights: Tensor[]; note: Note }>;

/** Fills `contents`; a layer of `toFree` is freed, and taken out, after the last of its paths. */
function collectContents(
  model: LayersModel,
  plan: QuantizationPlan,
  contents: LayerContents,
  toFree: Set<Layer>,
  onLayer: NonNullable<QuantizeModelOptions['onLayer']>,
): void {
  const all = Array.from(leaves(model));
  const lastPath = new Map(all.map(({ layer, path }) => [layer, path]));
  for (const [index, { layer, path }] of all.entries()) {
    const planned = plan.get(path);
    if (planned === undefined || 'reason' in planned) {
      // They share their data with the float model: tfjs counts references to it, and a change on
      // either side puts new data in its place.
      const weights = layer.getWeights().map((weight) => weight.clone());
      contents.set(path, { weights, note: planned ?? noteOf(layer) });
    } else {
      contents.set(path, quantize(layer, planned));
    }
    if (lastPath.get(layer) === path && toFree.delete(layer)) freeWeights(layer);
    onLayer(path, index + 1, all.length);
  }
}

function quantize(
  layer: Layer,
  { kind, quantization }: PlannedLayer,
): { weights: Tensor[]; note: Note } {
  const measured: Note = {};
  const weights = tidy(() => {
    const floats = layer.getWeights();
    const kernels = kind.kernels(floats).map((float) => ({
      float,
      packed: kind.pack(float, quantization),
    }));
    measured.signalToNoise = signalToNoise(kind, kernels, quantization);
    const others = floats.slice(kind.kernelWeights).map((weight) => weight.clone());
    return [
      ...kernels.flatMap(({ packed }) => packed),
      ...matrixWeight(quantization.rotation),
      ...others,
    ];
  });
  return { weights, note: measured };
}

function fill({ layer, path }: Leaf, contents: LayerContents): void {
  const { weights, note: what } = contents.get(path)!;
  layer.setWeights(weights);
  note(layer, what);
}

function layersOf(model: LayersModel): Set<Layer> {
  return new Set(Array.from(leaves(model), ({ layer }) => layer));
}

function freeWeights({ weights }: Layer): void {
  for (const weight of weights) weight.dispose();
}

/** Frees the optimizer of a model that made it itself: Adam's variables outweigh the model's. */
function freeOptimizer(model: LayersModel): void {
  const { optimizer, isOptimizerOwned } = model as unknown as {
    optimizer?: { dispose(): void };
    isOptimizerOwned?: boolean;
  };
  if (isOptimizerOwned) optimizer?.dispose();
}
