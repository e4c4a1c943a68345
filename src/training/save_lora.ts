import { io, util } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

import { assertModel, leaves } from '../layers/model_tree';
import { isLoraDense } from './lora_dense';
import { type Adapter, adapterArtifacts, handlerOf } from './lora_file';

/**
 * Saves the adapters of a model of `tf.qutlass.addLora`, and nothing else of it: a small file beside
 * that of the quantized model, which `tf.qutlass.loadLora` puts on it again.
 *
 * ```js
 * const model = tf.sequential({layers: [tf.layers.dense({units: 4, inputShape: [16]})]});
 * const base = tf.qutlass.quantizeModel(model, {weights: 'int4'});
 * const tuned = tf.qutlass.addLora(base, {rank: 2});
 * const handler = tf.io.withSaveHandler(async ({weightData}) => ({weightData}));
 * const {weightData} = await tf.qutlass.saveLora(tuned, handler);
 * console.log(weightData.byteLength);  // 4 · (16 · 2 + 2 · 4)
 * ```
 *
 * @param model a model with `LoraDense` layers
 * @param target a URL or a handler, as for `model.save`: 'file:///tmp/adapters'
 * @throws where the model has no adapters, or tf.io has no handler for the URL.
 *
 * @doc {heading: 'Models', subheading: 'Training', namespace: 'qutlass'}
 */
export async function saveLora(
  model: LayersModel,
  target: string | io.IOHandler,
): Promise<io.SaveResult> {
  assertModel('saveLora', 'model', model);
  const adapters = new Map<string, Adapter>();
  for (const { layer, path } of leaves(model)) {
    if (!isLoraDense(layer)) continue;
    const [a, b] = layer.getWeights();
    adapters.set(path, { a, b, rank: layer.rank, alpha: layer.alpha });
  }
  util.assert(
    adapters.size > 0,
    () => `saveLora: no layer of ${model.name} has an adapter of tf.qutlass.addLora`,
  );
  const handler = handlerOf('saveLora', target, io.getSaveHandlers);
  return handler.save!(await adapterArtifacts(adapters));
}
