import { dispose, io, util } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

import { assertModel, leaves } from '../layers/model_tree';
import { type Adapter, adaptersOf, handlerOf } from './lora_file';
import { isAdaptable, withAdapters } from './with_adapters';

/**
 * A copy of a quantized model with the adapters that `tf.qutlass.saveLora` saved: what
 * `tf.qutlass.addLora` made of it, as it was trained.
 *
 * ```js
 * const model = tf.sequential({layers: [tf.layers.dense({units: 4, inputShape: [16]})]});
 * const base = tf.qutlass.quantizeModel(model, {weights: 'int4'});
 * let artifacts;
 * await tf.qutlass.saveLora(tf.qutlass.addLora(base), {save: async (given) => (artifacts = given)});
 * const tuned = await tf.qutlass.loadLora(base, tf.io.fromMemory(artifacts));
 * tuned.predict(tf.ones([1, 16])).print();
 * ```
 *
 * @param model the quantized model that the adapters were trained on
 * @param source a URL or a handler: 'file:///tmp/adapters/model.json'
 * @throws where what is found are no adapters, or adapters of layers that the model does not have.
 *
 * @doc {heading: 'Models', subheading: 'Training', namespace: 'qutlass'}
 */
export async function loadLora<T extends LayersModel>(
  model: T,
  source: string | io.IOHandler,
): Promise<T> {
  assertModel('loadLora', 'model', model);
  const handler = handlerOf('loadLora', source, io.getLoadHandlers);
  const adapters = adaptersOf(await handler.load!());
  try {
    assertFit(model, adapters);
    return withAdapters(model, (_, path) => {
      const adapter = adapters.get(path);
      return adapter ? { ...adapter, values: () => [adapter.a, adapter.b] } : null;
    });
  } finally {
    dispose(Array.from(adapters.values(), ({ a, b }) => [a, b]));
  }
}

/** Checks that the model has a quantized layer of the right size for each adapter. */
function assertFit(model: LayersModel, adapters: Map<string, Adapter>): void {
  const layersByPath = new Map(Array.from(leaves(model), ({ layer, path }) => [path, layer]));
  for (const [path, { a, b, rank }] of adapters) {
    const layer = layersByPath.get(path);
    if (layer === undefined || !isAdaptable(layer)) {
      throw new Error(
        `loadLora: ${model.name} has no quantized layer ${path} without an adapter, and the file ` +
          `has an adapter for it`,
      );
    }
    const [k, units] = layer.kernelShape!;
    util.assertShapesMatch(a.shape, [k, rank], `loadLora: A of ${path}: `);
    util.assertShapesMatch(b.shape, [rank, units], `loadLora: B of ${path}: `);
  }
}
