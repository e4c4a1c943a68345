import { util, type DataType } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { rotationText, type Quantization } from './formats';
import { isQuantizedLayer } from './kinds';
import { assertModel, leaves, type Leaf } from './model_tree';
import { noteOf } from './quantization_notes';
import type { QuantizedLayer } from './quantized_layer';

type Layer = layers.Layer;

/** What is known of one layer. */
export interface LayerReport {
  /** The layer's name below those of the nested models it is in: 'encoder/dense_1'. */
  layer: string;
  /** The class of the layer. */
  kind: string;
  /** Of the kernel as a float layer has it, `[K, N]`, or of the layer's first weight. */
  shape: number[];
  /** 'int8', 'int4 g128', 'int4 g32 a8', 'int4 a4 hadamard 64 quest', or the dtype of the weights where they are not quantized. */
  format: string;
  /** Of all weights of the layer, were they float32. */
  bytesBefore: number;
  /** Of all weights of the layer as they are. */
  bytesAfter: number;
  /** Of a quantized kernel, in dB: 10·log10(Σw² / Σ(w − ŵ)²), where `quantizeModel` measured it. */
  signalToNoise?: number;
  /** Why the layer is not quantized; absent where it is. */
  reason?: string;
}

/** What `inspectModel` returns. */
export interface QuantizationReport {
  /** The layers that have weights, in the model's order. */
  layers: LayerReport[];
  bytesBefore: number;
  bytesAfter: number;
}

/**
 * What is quantized in a model and how well, what is not and why, and what it saves.
 *
 * It can be asked of any layers model. Reasons and signal-to-noise ratios are known for the models
 * that `quantizeModel` returned, not for those that were loaded from a file.
 *
 * ```js
 * const model = tf.sequential({layers: [tf.layers.dense({units: 64, inputShape: [128]})]});
 * const report = tf.qutlass.inspectModel(tf.qutlass.quantizeModel(model));
 * tf.qutlass.printReport(report);
 * console.log(report.bytesBefore / report.bytesAfter);
 * ```
 *
 * @doc {heading: 'Models', subheading: 'Quantization', namespace: 'qutlass'}
 */
export function inspectModel(model: LayersModel): QuantizationReport {
  assertModel('inspectModel', 'model', model);
  const rows = Array.from(leaves(model))
    .filter(({ layer }) => layer.weights.length > 0)
    .map((leaf) =>
      isQuantizedLayer(leaf.layer) ? quantizedRow(leaf.path, leaf.layer) : floatRow(leaf),
    );
  const total = (key: 'bytesBefore' | 'bytesAfter') => rows.reduce((sum, row) => sum + row[key], 0);
  return { layers: rows, bytesBefore: total('bytesBefore'), bytesAfter: total('bytesAfter') };
}

const ACTIVATIONS = { int8: 'a8', int4: 'a4' };

/** 'int8', 'int4 g128', 'int4 g32 a8', 'int4 a4 hadamard 64 quest' */
export function formatText({
  format,
  activations,
  groupSize,
  method,
  rotation,
}: Omit<Quantization, 'symmetric'>): string {
  return [
    format,
    ...(groupSize === undefined ? [] : [`g${groupSize}`]),
    ...(format === 'int4' && activations !== 'bf16' ? [ACTIVATIONS[activations]] : []),
    ...(rotation === undefined ? [] : [rotationText(rotation)]),
    ...(method === 'quest' ? [method] : []),
  ].join(' ');
}

function quantizedRow(path: string, layer: QuantizedLayer): LayerReport {
  return {
    layer: path,
    kind: layer.getClassName(),
    shape: layer.kernelShape!,
    format: formatText(layer.quantization),
    bytesBefore: util.bytesPerElement('float32') * layer.floatSize,
    bytesAfter: bytesOfWeights(layer),
    ...noteOf(layer),
  };
}

function floatRow({ layer, path }: Leaf): LayerReport {
  const bytes = bytesOfWeights(layer);
  return {
    layer: path,
    kind: layer.getClassName(),
    shape: [...(layer.weights[0].shape as number[])],
    format: layer.weights[0].dtype,
    bytesBefore: bytes,
    bytesAfter: bytes,
    reason: noteOf(layer).reason ?? 'not quantized',
  };
}

function bytesOfWeights(layer: Layer): number {
  return layer.weights.reduce(
    (sum, { shape, dtype }) =>
      sum + util.sizeFromShape(shape as number[]) * util.bytesPerElement(dtype as DataType),
    0,
  );
}
