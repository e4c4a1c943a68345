import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import type { Quantization } from '../formats';
import type { LayerEntry } from '../model_tree';

/** The config of a layer, as its `getConfig` writes it. */
export type LayerConfig = Record<string, unknown>;

/** What a quantized layer's config is made from. */
export interface FloatLayer {
  className: string;
  config: LayerConfig;
  /** The shape of the first weight. */
  kernelShape: number[];
}

/**
 * A kind of float layer that has a quantized form, and how either becomes the other. Whatever the
 * shape of its kernel, that stands for N rows of K elements: formats share scales along K.
 */
export interface LayerKind {
  /** The classes of tf.layers that are, or may be, of this kind. */
  readonly classNames: readonly string[];

  /** The class that takes their place. */
  readonly quantizedClass: string;

  /** What is made of the settings of a model, where this kind has not all of them. */
  quantization?(requested: Quantization): Quantization;

  /** Why a layer of these classes has no quantized form after all, or null where it has. */
  unsupported(layer: layers.Layer): string | null;

  /** How many of the first weights hold kernels; the others, a bias, are kept as they are. */
  readonly kernelWeights: number;

  /** The kernels to quantize, each by itself, in the weights of a layer. */
  kernels(weights: Tensor[]): Tensor[];

  /** N and K of a kernel of this shape. */
  rowsShape(kernelShape: number[]): [n: number, k: number];

  /** Some rows of a kernel: float32 `[count, K]`. */
  rows(kernel: Tensor, start: number, count: number): Tensor2D;

  /** Quantizes a kernel: the weights that take its place. */
  pack(kernel: Tensor, quantization: Quantization): Tensor[];

  /** The config of the quantized layer. */
  quantizedConfig(float: FloatLayer, quantization: Quantization): LayerConfig;

  /** The float layer that computes what a quantized one does, from the config of that. */
  floatEntry(config: LayerConfig): LayerEntry;
}

/** What every layer's config has, and its copy keeps. */
export function commonConfig(config: LayerConfig): LayerConfig {
  const { name, trainable, batchInputShape, dtype } = config;
  return { name, trainable, batchInputShape, dtype };
}
