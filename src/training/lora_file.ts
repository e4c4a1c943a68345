/** Adapters in a file of their own: an artifact of tf.io like a model, without a model in it. */
import { io, util, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';

import { valueText } from '../ops/values';

const CLASS_NAME = 'QutlassLoraAdapters';
const VERSION = 1;

/** A and B of one layer. */
export interface Adapter {
  a: Tensor;
  b: Tensor;
  rank: number;
  alpha: number;
}

/** In the file, beside the weights `<path>/loraA` and `<path>/loraB`. */
type Topology = {
  class_name: string;
  config: { version: number; adapters: { path: string; rank: number; alpha: number }[] };
};

/** Where to save to, or to load from, as `model.save` and `tf.loadLayersModel` take it. */
export function handlerOf(
  caller: string,
  target: string | io.IOHandler,
  handlersOf: (url: string) => io.IOHandler[],
): io.IOHandler {
  if (typeof target !== 'string') return target;
  const handlers = handlersOf(target);
  util.assert(
    handlers.length === 1,
    () => `${caller}: ${handlers.length} handlers of tf.io for ${valueText(target)}, expected one`,
  );
  return handlers[0];
}

export async function adapterArtifacts(adapters: Map<string, Adapter>): Promise<io.ModelArtifacts> {
  const entries = Array.from(adapters, ([path, { rank, alpha }]) => ({ path, rank, alpha }));
  const tensors: NamedTensorMap = {};
  for (const [path, { a, b }] of adapters) {
    tensors[`${path}/loraA`] = a;
    tensors[`${path}/loraB`] = b;
  }
  const { data, specs } = await io.encodeWeights(tensors);
  const modelTopology: Topology = {
    class_name: CLASS_NAME,
    config: { version: VERSION, adapters: entries },
  };
  return { modelTopology, weightData: data, weightSpecs: specs, format: 'qutlass-lora' };
}

/**
 * The adapters in a file, whose tensors are the caller's to dispose of.
 * @throws where the artifacts are no adapters, of another version, or not whole.
 */
export function adaptersOf(artifacts: io.ModelArtifacts): Map<string, Adapter> {
  const { class_name, config } = (artifacts.modelTopology ?? {}) as Topology;
  util.assert(
    class_name === CLASS_NAME,
    () => `loadLora: found ${valueText(class_name)}, expected adapters of tf.qutlass.saveLora`,
  );
  util.assert(
    config.version === VERSION,
    () => `loadLora: the adapters have format version ${config.version}, expected ${VERSION}`,
  );
  const stored = new Set(artifacts.weightSpecs?.map(({ name }) => name));
  for (const { path } of config.adapters) {
    util.assert(
      stored.has(`${path}/loraA`) && stored.has(`${path}/loraB`),
      () => `loadLora: the adapter of ${path} is not whole: A or B is missing`,
    );
  }
  const tensors = io.decodeWeights(artifacts.weightData!, artifacts.weightSpecs!);
  return new Map(
    config.adapters.map(({ path, rank, alpha }) => {
      const [a, b] = [tensors[`${path}/loraA`], tensors[`${path}/loraB`]];
      return [path, { a, b, rank, alpha }];
    }),
  );
}
