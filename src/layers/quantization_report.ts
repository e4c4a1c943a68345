import { util, type DataType } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { leaves, type Leaf } from './model_tree';
import { isQuantizedDense, type QuantizedDense } from './quantized_dense';

type Layer = layers.Layer;

/** What became of one layer. */
export interface LayerReport {
  /** The layer's name below those of the nested models it is in: 'encoder/dense_1'. */
  layer: string;
  /** The class of the layer. */
  kind: string;
  /** Of the kernel as a float layer has it, `[K, N]`, or of the layer's first weight. */
  shape: number[];
  /** 'int8', 'int4 g128', or the dtype of the weights where they are not quantized. */
  format: string;
  /** Of all weights of the layer, were they float32. */
  bytesBefore: number;
  /** Of all weights of the layer as they are. */
  bytesAfter: number;
  /** Why the layer is not quantized; absent where it is. */
  reason?: string;
}

/** What `quantizationReport` returns. */
export interface QuantizationReport {
  /** The layers that have weights, in the model's order. */
  layers: LayerReport[];
  bytesBefore: number;
  bytesAfter: number;
}

// Why `quantizeModel` left a layer as it was. Kept beside the layers, not in them: a model file
// holds no reasons.
const reasons = new WeakMap<Layer, string>();

export function noteReason(layer: Layer, reason: string): void {
  reasons.set(layer, reason);
}

/**
 * What is quantized in a model, what is not and why, and what it saves.
 *
 * It can be asked of any layers model. The reasons are known for the models that `quantizeModel`
 * returned, not for those that were loaded from a file.
 *
 * ```js
 * const model = tf.sequential({layers: [tf.layers.dense({units: 64, inputShape: [128]})]});
 * const report = tf.qutlass.quantizationReport(tf.qutlass.quantizeModel(model));
 * console.table(report.layers);
 * console.log(report.bytesBefore / report.bytesAfter);
 * ```
 *
 * @doc {heading: 'Models', subheading: 'Quantization', namespace: 'qutlass'}
 */
export function quantizationReport(model: LayersModel): QuantizationReport {
  const rows = Array.from(leaves(model))
    .filter(({ layer }) => layer.weights.length > 0)
    .map((leaf) =>
      isQuantizedDense(leaf.layer) ? quantizedRow(leaf.path, leaf.layer) : floatRow(leaf),
    );
  const total = (key: 'bytesBefore' | 'bytesAfter') => rows.reduce((sum, row) => sum + row[key], 0);
  return { layers: rows, bytesBefore: total('bytesBefore'), bytesAfter: total('bytesAfter') };
}

function quantizedRow(path: string, layer: QuantizedDense): LayerReport {
  const { kernelRows, units, useBias, quantization } = layer;
  const { format, groupSize } = quantization;
  return {
    layer: path,
    kind: layer.getClassName(),
    shape: [kernelRows!, units],
    format: groupSize === undefined ? format : `${format} g${groupSize}`,
    bytesBefore: util.bytesPerElement('float32') * units * (kernelRows! + (useBias ? 1 : 0)),
    bytesAfter: bytesOfWeights(layer),
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
    reason: reasons.get(layer) ?? 'not quantized',
  };
}

function bytesOfWeights(layer: Layer): number {
  return layer.weights.reduce(
    (sum, { shape, dtype }) =>
      sum + util.sizeFromShape(shape as number[]) * util.bytesPerElement(dtype as DataType),
    0,
  );
}
