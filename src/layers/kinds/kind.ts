import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import type { Quantization } from '../formats';
import type { LayerEntry } from '../model_tree';

/** The config of a layer, as its `getConfig` writes it. */
export type LayerConfig = Record<string, unknown>;

/**
 * A kind of float layer that has a quantized form, and how either becomes the other. Whatever the
 * shape of its kernel, that stands for N rows of K elements: formats share scales along K.
 */
export interface LayerKind {
  /** The classes of tf.layers that are, or may be, of this kind. */
  readonly classNames: readonly string[];

  /** The class that takes their place. */
  readonly quantizedClass: string;

  /** Why a layer of these classes has no quantized form after all, or null where it has. */
  unsupported(layer: layers.Layer): string | null;

  /** N and K of a kernel of this shape. */
  rowsShape(kernelShape: number[]): [n: number, k: number];

  /** Some rows of a kernel: float32 `[count, K]`. */
  rows(kernel: Tensor, start: number, count: number): Tensor2D;

  /** Quantizes a kernel: the weights that take its place. */
  pack(kernel: Tensor, quantization: Quantization): Tensor[];

  /** The config of the quantized layer without its quantization, from the float layer's. */
  quantizedConfig(config: LayerConfig, kernelShape: number[]): LayerConfig;

  /** The float layer that computes what a quantized one does, from the config of that. */
  floatEntry(config: LayerConfig): LayerEntry;
}

/** What every layer's config has, and its copy keeps. */
export function commonConfig(config: LayerConfig): LayerConfig {
  const { name, trainable, batchInputShape, dtype } = config;
  return { name, trainable, batchInputShape, dtype };
}
