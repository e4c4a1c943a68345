import { tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

import { mapConfig, rebuild, type Leaf, type LayerEntry } from '../layers/model_tree';

/** What takes the place of a layer. */
export interface Replacement {
  entry: LayerEntry;
  /** The weights of the new layer, in the order of its `setWeights`. */
  weights: () => Tensor[];
}

/**
 * A copy of `model`, not compiled, in which other layers stand for those that `replace` has one for;
 * names, connections and the weights of all others stay.
 */
export function replaceLayers<T extends LayersModel>(
  model: T,
  replace: (leaf: Leaf, entry: LayerEntry) => Replacement | null,
): T {
  const weightsOf = new Map<string, () => Tensor[]>();
  const config = mapConfig(model, (leaf, entry) => {
    const replacement = replace(leaf, entry);
    weightsOf.set(leaf.path, replacement?.weights ?? (() => leaf.layer.getWeights()));
    return replacement?.entry ?? entry;
  });
  return rebuild(model, config, ({ layer, path }) => {
    tidy(() => layer.setWeights(weightsOf.get(path)!()));
  });
}
