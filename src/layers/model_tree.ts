import { dispose, engine, util } from '@tensorflow/tfjs-core';
import { LayersModel, type layers } from '@tensorflow/tfjs-layers';
import { valueText } from '../ops/values';

type Layer = layers.Layer;

/** A layer that is no model itself, and its path: 'encoder/dense_1' is dense_1 of model encoder. */
export interface Leaf {
  layer: Layer;
  path: string;
}

/** The leaves of a model, nested models entered, in the order of `model.layers`. */
export function* leaves(model: LayersModel, prefix = ''): Generator<Leaf> {
  for (const layer of model.layers) {
    const path = prefix + layer.name;
    if (layer instanceof LayersModel) yield* leaves(layer, `${path}/`);
    else yield { layer, path };
  }
}

export function assertModel(caller: string, argument: string, model: unknown): void {
  util.assert(
    model instanceof LayersModel,
    () => `${caller}: ${argument} is ${valueText(model)}, expected a tf.LayersModel`,
  );
}

/** One layer in a model's config, as `getConfig` writes it for Sequential and functional models. */
export interface LayerEntry {
  className: string;
  config: object;
}

interface ModelConfig {
  layers: LayerEntry[];
}

/**
 * A model's config with the entry of every leaf replaced by what `replace` returns for it. Entries
 * keep whatever connects them to others.
 */
export function mapConfig(
  model: LayersModel,
  replace: (leaf: Leaf, entry: LayerEntry) => LayerEntry,
): object {
  return mapEntries(model, model.getConfig() as object as ModelConfig, '', replace);
}

function mapEntries(
  model: LayersModel,
  config: ModelConfig,
  prefix: string,
  replace: (leaf: Leaf, entry: LayerEntry) => LayerEntry,
): object {
  const entries = config.layers.map((entry, index): LayerEntry => {
    const layer = model.layers[index];
    const path = prefix + layer.name;
    if (!(layer instanceof LayersModel)) return { ...entry, ...replace({ layer, path }, entry) };
    const nested = mapEntries(layer, entry.config as ModelConfig, `${path}/`, replace);
    return { ...entry, config: nested };
  });
  return { ...config, layers: entries };
}

/**
 * A model of the same class as `model`, made from a config of that class; `fill` sets the weights
 * of each leaf. Where that fails, the variables that were made so far are disposed of.
 */
export function rebuild<T extends LayersModel>(
  model: T,
  config: object,
  fill: (leaf: Leaf) => void,
): T {
  return withoutLeftovers(() => {
    const modelClass = model.constructor as typeof LayersModel;
    const zeroWeights = true;
    const rebuilt = modelClass.fromConfig(modelClass, config as never, {}, zeroWeights) as T;
    for (const leaf of leaves(rebuilt)) fill(leaf);
    return rebuilt;
  });
}

/** Calls `build`; where it throws, disposes of the variables that it has made so far. */
function withoutLeftovers<T>(build: () => T): T {
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
