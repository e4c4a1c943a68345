import { util, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { initializers, type LayersModel, type layers } from '@tensorflow/tfjs-layers';

import { assertModel, leaves } from '../layers/model_tree';
import type { QuantizedDense } from '../layers/quantized_dense';
import { FUNCTION, INTEGER, NUMBER, POSITIVE_INTEGER, readOptions } from '../ops/options';
import { isAdaptable, withAdapters } from './with_adapters';

type Layer = layers.Layer;

/** The options of `addLora`. */
export interface AddLoraOptions {
  /** Columns of A and rows of B; 8 by default. */
  rank?: number;
  /** The adapters count alpha / rank times; `rank` by default. */
  alpha?: number;
  /**
   * Asked once for every `QuantizedDense` layer: whether it gets an adapter; all do by default. The
   * path names the nested models above the layer: 'encoder/dense_1'.
   */
  filter?: (layer: Layer, path: string) => boolean;
  /** For the random values that A starts with. */
  seed?: number;
}

const DEFAULT_RANK = 8;

/**
 * A copy of a quantized model with low-rank adapters (`LoraDense`) beside its int4 and int8 kernels,
 * to be fine-tuned: the adapters' A and B are all that `fit` trains, and the copy computes what
 * `model` does until then.
 *
 * All other layers are marked as not trainable. (Batch normalization goes on counting its moving
 * averages in `fit`, as tfjs has it.) The copy has to be compiled. It is saved and loaded like any
 * other; `tf.qutlass.saveLora` saves the adapters alone, and `tf.qutlass.mergeLora` adds them to the
 * kernels.
 *
 * ```js
 * const model = tf.sequential({layers: [tf.layers.dense({units: 4, inputShape: [16]})]});
 * const base = tf.qutlass.quantizeModel(model, {weights: 'int4', groupSize: 16});
 * const tuned = tf.qutlass.addLora(base, {rank: 2});
 * tuned.compile({optimizer: tf.train.adam(0.01), loss: 'meanSquaredError'});
 * await tuned.fit(tf.randomNormal([64, 16]), tf.randomNormal([64, 4]), {verbose: 0});
 * tuned.predict(tf.ones([1, 16])).print();
 * ```
 *
 * @param model a model with `QuantizedDense` layers: of `tf.qutlass.quantizeModel`, or loaded
 * @param options see `AddLoraOptions`
 * @throws where an option is unknown or invalid, or there is no layer to adapt.
 *
 * @doc {heading: 'Models', subheading: 'Training', namespace: 'qutlass'}
 */
export function addLora<T extends LayersModel>(model: T, options: AddLoraOptions = {}): T {
  assertModel('addLora', 'model', model);
  const given = readOptions('addLora', options, {
    rank: POSITIVE_INTEGER,
    alpha: NUMBER,
    filter: FUNCTION,
    seed: INTEGER,
  });
  const { rank = DEFAULT_RANK, alpha = rank, filter = () => true, seed } = given;
  const chosen = Array.from(leaves(model))
    .filter(({ layer, path }) => isAdaptable(layer) && filter(layer, path))
    .map(({ path }) => path);
  util.assert(
    chosen.length > 0,
    () =>
      `addLora: no layer of ${model.name} to adapt; quantize the model first with ` +
      `tf.qutlass.quantizeModel, and let the filter take some of its layers`,
  );
  return withAdapters(model, (layer, path) => {
    const index = chosen.indexOf(path);
    if (index < 0) return null;
    const layerSeed = seed === undefined ? undefined : seed + index;
    return { rank, alpha, values: () => newAdapter(layer, rank, layerSeed) };
  });
}

function newAdapter(layer: QuantizedDense, rank: number, seed: number | undefined): Tensor[] {
  const a = initializers.heUniform({ seed }).apply([layer.kernelShape![0], rank]);
  return [a, zeros([rank, layer.units])];
}
