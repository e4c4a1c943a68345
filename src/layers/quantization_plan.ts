import { all, isFinite as isFiniteNumber, tidy, util, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { valueText } from '../ops/values';
import type { ScaleMethod } from '../ops';
import {
  unsupportedKernel,
  type ActivationFormat,
  type FormatName,
  type LayerRotation,
  type Quantization,
} from './formats';
import { resolveQuantization } from './formats/resolve_quantization';
import { isQuantizedLayer, kindOf, type LayerKind } from './kinds';
import { leaves } from './model_tree';

type Layer = layers.Layer;

/** How a layer is quantized; what is not given comes from the model's options, then the format. */
export interface QuantizeLayerOptions {
  /** The format of the weights; 'int8' by default. */
  weights?: FormatName;
  /**
   * What products take their inputs as: 'int8' with int8 weights; 'bf16' (the default), 'int8' or
   * 'int4' with int4 ones.
   */
  activations?: ActivationFormat;
  /**
   * int4 weights with bf16 or int8 activations only: how many weights along K share a scale, a
   * multiple of 8; 128 by default. With int4 activations there is one scale an output.
   */
  groupSize?: number;
  /**
   * See `QuantizedDenseArgs.symmetric`: by default false for int4 weights with bf16 or int8
   * activations, else true.
   */
  symmetric?: boolean;
  /**
   * Of inputs and weights, of int4 weights with int8 activations that of inputs alone, see
   * `tf.qutlass.quantizeInt4`: 'abs_max' by default.
   */
  method?: ScaleMethod;
  /**
   * Inputs are turned, in blocks of this size along K, before they are quantized, and weights to match,
   * so that in exact arithmetic nothing changes: outliers are spread over their block. `{hadamard: 64}`,
   * or `{matrix}` with an orthogonal matrix. A layer is left as it is where K is no multiple.
   */
  rotation?: LayerRotation;
}

/** The options of `quantizeModel`. */
export interface QuantizeModelOptions extends QuantizeLayerOptions {
  /**
   * Asked once for every layer that can be quantized: true quantizes it, false leaves it as it is,
   * options quantize it in their own way. The path names the nested models above the layer:
   * 'encoder/dense_1'.
   */
  filter?: (layer: Layer, path: string) => boolean | QuantizeLayerOptions;
  /**
   * Frees each float weight as soon as its layer is done, so that memory stays below that of the
   * float model and one layer. The float model is of no use then; false by default.
   */
  inPlace?: boolean;
  /**
   * Called as soon as a layer is done, quantized or not: for a progress bar. `done` counts the layers
   * so far, of `total`.
   */
  onLayer?: (path: string, done: number, total: number) => void;
}

/** A layer that is to be quantized, and how. */
export interface PlannedLayer {
  kind: LayerKind;
  quantization: Quantization;
}

/** What becomes of each layer that has weights and is not quantized yet, or why it stays. */
export type QuantizationPlan = Map<string, PlannedLayer | { reason: string }>;

/** How weights alone are stored; all else is how they are multiplied. */
export const STORAGE_OPTIONS = ['weights', 'groupSize', 'symmetric'] as const;
export type StorageOptions = Pick<QuantizeLayerOptions, (typeof STORAGE_OPTIONS)[number]>;

const LAYER_OPTIONS = [...STORAGE_OPTIONS, 'activations', 'method', 'rotation'] as const;
const CALLER = 'quantizeModel';

/** @throws where an option is unknown or its value invalid, and whatever the filter throws. */
export function planQuantization(
  model: LayersModel,
  { filter = () => true, ...defaults }: Omit<QuantizeModelOptions, 'inPlace' | 'onLayer'>,
): QuantizationPlan {
  const modelWide = resolveOptions(CALLER, defaults);
  util.assert(
    typeof filter === 'function',
    () => `${CALLER}: filter is ${valueText(filter)}, expected a function`,
  );
  const plan: QuantizationPlan = new Map();
  for (const { layer, path } of leaves(model)) {
    if (layer.weights.length === 0 || isQuantizedLayer(layer)) continue;
    const kind = kindOf(layer);
    if ('reason' in kind) {
      plan.set(path, kind);
      continue;
    }
    const answer = filter(layer, path);
    const quantization =
      typeof answer === 'boolean'
        ? modelWide
        : resolveAnswer(`${CALLER}: filter for ${path}`, answer, defaults);
    plan.set(
      path,
      answer === false ? { reason: 'left by the filter' } : check(layer, kind, quantization),
    );
  }
  return plan;
}

/** The options that a filter returned, on top of `defaults`. */
export function resolveAnswer(
  caller: string,
  answer: QuantizeLayerOptions,
  defaults: QuantizeLayerOptions,
  known?: readonly string[],
): Quantization {
  util.assert(
    typeof answer === 'object' && answer !== null,
    () => `${caller}: returned ${valueText(answer)}, expected true, false or options`,
  );
  const { weights = 'int8', activations } = defaults;
  const sameFormat =
    (answer.weights ?? weights) === weights && (answer.activations ?? activations) === activations;
  const options = sameFormat ? { ...defaults, ...answer } : { weights, ...answer };
  return resolveOptions(caller, options, known);
}

/** @throws where an option is not one of those that are known, or its value invalid. */
export function resolveOptions(
  caller: string,
  options: QuantizeLayerOptions,
  known: readonly string[] = LAYER_OPTIONS,
): Quantization {
  const unknown = Object.keys(options).filter((key) => !known.includes(key));
  util.assert(
    unknown.length === 0,
    () => `${caller}: unknown option ${unknown.join(', ')}, expected ${known.join(', ')}`,
  );
  const { weights = 'int8', ...rest } = options;
  return resolveQuantization(caller, 'weights', weights, rest);
}

function check(
  layer: Layer,
  kind: LayerKind,
  requested: Quantization,
): PlannedLayer | { reason: string } {
  const quantization = kind.quantization?.(requested) ?? requested;
  const weights = layer.getWeights();
  for (const shape of tidy(() => kind.kernels(weights).map((kernel) => kernel.shape))) {
    const [, k] = kind.rowsShape(shape);
    const reason = unsupportedKernel(k, quantization);
    if (reason !== null) return { reason };
  }
  return weights.slice(0, kind.kernelWeights).every(allFinite)
    ? { kind, quantization }
    : { reason: 'its kernel has NaN or infinite values' };
}

function allFinite(kernel: Tensor): boolean {
  return tidy(() => all(isFiniteNumber(kernel)).dataSync()[0] === 1);
}
