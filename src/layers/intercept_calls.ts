import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { leaves } from './model_tree';

type Call = layers.Layer['call'];

/**
 * Runs `run` while calls of the leaves of `model` go through `intercept`: that gets the path of the
 * layer and its own `call`, and returns the one to use.
 */
export function interceptCalls<T>(
  model: LayersModel,
  intercept: (path: string, call: Call) => Call,
  run: () => T,
): T {
  const originals = Array.from(leaves(model), ({ layer, path }) => {
    const own = Object.getOwnPropertyDescriptor(layer, 'call');
    layer.call = intercept(path, layer.call.bind(layer));
    return { layer, own };
  });
  try {
    return run();
  } finally {
    for (const { layer, own } of originals) {
      // What stood in for it lies on the instance, before the method of its class.
      delete (layer as Partial<layers.Layer>).call;
      if (own !== undefined) Object.defineProperty(layer, 'call', own);
    }
  }
}
