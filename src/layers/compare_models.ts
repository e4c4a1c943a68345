import { clone, dispose, keep, tidy, util, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { inspectModel, type LayerReport } from './inspect_model';
import { interceptCalls } from './intercept_calls';
import { assertModel, leaves } from './model_tree';
import { outputsOf, toTensors } from './outputs_of';
import { relativeError } from './relative_error';

/** How far one layer of a model is from the layer of its name in another. */
export interface LayerComparison {
  /** The layer's name below those of the nested models it is in: 'encoder/dense_1'. */
  layer: string;
  /** The class of the layer in the second model. */
  kind: string;
  /** The format of the layer in the second model: 'int8', 'int4 g128', 'float32'. */
  format: string;
  /** Of the layer's outputs, where all layers before it differ too: what has added up so far. */
  error: number;
  /** Of the model's outputs, where this layer alone is the second model's: what it contributes. */
  errorAlone: number;
}

/** What `compareModels` returns. Errors are sqrt(Σ(b − a)² / Σa²). */
export interface ModelComparison {
  /** The layers that have weights, in the order of the second model. */
  layers: LayerComparison[];
  /** Of all outputs of the models. */
  error: number;
  /** The path of the layer whose `errorAlone` is the largest; null where none makes a difference. */
  worst: string | null;
}

/**
 * How far the outputs of `b`, a quantized form of `a`, are from those of `a`, layer by layer, and
 * which layer hurts most.
 *
 * ```js
 * const model = tf.sequential({layers: [
 *   tf.layers.dense({units: 64, activation: 'relu', inputShape: [32], name: 'hidden'}),
 *   tf.layers.dense({units: 8, name: 'logits'}),
 * ]});
 * const quantized = tf.qutlass.quantizeModel(model, {weights: 'int4'});
 * const {layers, error, worst} = tf.qutlass.compareModels(model, quantized, tf.ones([4, 32]));
 * console.table(layers);
 * console.log(error, worst);
 * ```
 *
 * @param a the model that is taken as right
 * @param b a model with the same inputs and outputs, and layers of the same names
 * @param inputs of both models, as `predict` takes them; they are run as one batch, once in each
 * model and once more in `a` for each layer.
 * @throws where a model is no LayersModel, or the two have outputs of different shapes.
 *
 * @doc {heading: 'Models', subheading: 'Quantization', namespace: 'qutlass'}
 */
export function compareModels(
  a: LayersModel,
  b: LayersModel,
  inputs: Tensor | Tensor[],
): ModelComparison {
  assertModel('compareModels', 'a', a);
  assertModel('compareModels', 'b', b);
  const recorded: Recording[] = [];
  try {
    const expected = record(a, inputs, recorded);
    const actual = record(b, inputs, recorded);
    assertSameShapes(expected.outputs, actual.outputs);
    const layers = inspectModel(b)
      .layers.filter(({ layer }) => expected.calls.has(layer) && actual.calls.has(layer))
      .map((row): LayerComparison => ({
        ...{ layer: row.layer, kind: row.kind, format: row.format },
        error: relativeError(actual.calls.get(row.layer)!, expected.calls.get(row.layer)!),
        errorAlone: tidy(() => relativeError(outputsWith(a, b, row, inputs), expected.outputs)),
      }));
    return {
      layers,
      error: relativeError(actual.outputs, expected.outputs),
      worst: worstOf(layers),
    };
  } finally {
    for (const { outputs, calls } of recorded) dispose([outputs, ...calls.values()].flat());
  }
}

/** What a model computed for some inputs. */
interface Recording {
  outputs: Tensor[];
  /** By path, the outputs of each call of the layer. */
  calls: Map<string, Tensor[]>;
}

/** Runs a model; what it computed goes to `recorded` too, even if it fails half-way. */
function record(model: LayersModel, inputs: Tensor | Tensor[], recorded: Recording[]): Recording {
  const recording: Recording = { outputs: [], calls: new Map() };
  recorded.push(recording);
  tidy(() => {
    const outputs = interceptCalls(
      model,
      (path, call) => (given, kwargs) => {
        const results = call(given, kwargs);
        const kept = toTensors(results).map((result) => keep(clone(result)));
        recording.calls.set(path, [...(recording.calls.get(path) ?? []), ...kept]);
        return results;
      },
      () => outputsOf(model, inputs),
    );
    recording.outputs = outputs.map((output) => keep(clone(output)));
  });
  return recording;
}

/** The outputs of `a` with one of its layers as `b` has it. */
function outputsWith(
  a: LayersModel,
  b: LayersModel,
  { layer: replaced }: LayerReport,
  inputs: Tensor | Tensor[],
): Tensor[] {
  const { layer } = Array.from(leaves(b)).find(({ path }) => path === replaced)!;
  b.resetStates();
  return interceptCalls(
    a,
    (path, call) => (path === replaced ? layer.call.bind(layer) : call),
    () => outputsOf(a, inputs),
  );
}

function assertSameShapes(expected: Tensor[], actual: Tensor[]): void {
  const text = (tensors: Tensor[]) => tensors.map(({ shape }) => `[${shape}]`).join(', ');
  util.assert(
    text(expected) === text(actual),
    () => `compareModels: b gives ${text(actual)}, expected ${text(expected)} as a gives`,
  );
}

/** NaN is worse than any number. */
function worstOf(layers: LayerComparison[]): string | null {
  let worst: string | null = null;
  let most = 0;
  for (const { layer, errorAlone } of layers) {
    if (errorAlone <= most) continue;
    worst = layer;
    most = errorAlone;
    if (Number.isNaN(errorAlone)) break;
  }
  return worst;
}
