import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

import type { LayerEntry } from '../layers/model_tree';
import { QuantizedDense } from '../layers/quantized_dense';
import { LoraDense } from './lora_dense';
import { replaceLayers, type Replacement } from './replace_layers';

type Layer = layers.Layer;

/** The adapter that a layer gets. */
export interface NewAdapter {
  rank: number;
  alpha: number;
  /** A `[K, rank]` and B `[rank, units]`. */
  values: () => Tensor[];
}

/** Whether it is a quantized layer that has no adapter yet. */
export function isAdaptable(layer: Layer): layer is QuantizedDense {
  return layer.getClassName() === QuantizedDense.className;
}

/** A copy of `model` with these adapters, in which nothing else is trainable. */
export function withAdapters<T extends LayersModel>(
  model: T,
  adapterOf: (layer: QuantizedDense, path: string) => NewAdapter | null,
): T {
  return replaceLayers(model, ({ layer, path }, entry) => {
    const adapter = isAdaptable(layer) ? adapterOf(layer, path) : null;
    if (adapter === null) return frozen(layer, entry);
    const { rank, alpha, values } = adapter;
    return {
      entry: {
        className: LoraDense.className,
        config: { ...entry.config, trainable: true, rank, alpha },
      },
      weights: () => [...values(), ...layer.getWeights()],
    };
  });
}

function frozen(layer: Layer, { className, config }: LayerEntry): Replacement {
  return {
    entry: { className, config: { ...config, trainable: false } },
    weights: () => layer.getWeights(),
  };
}
