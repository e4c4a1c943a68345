/** What the layers with quantized weights have in common. */
import { util, type Tensor } from '@tensorflow/tfjs-core';
import type { layers, Shape } from '@tensorflow/tfjs-layers';
import { valueText } from '../ops/values';
import type { Quantization } from './formats';

type Layer = layers.Layer;

/** A layer with quantized kernels, and a bias or none. */
export interface QuantizedLayer extends Layer {
  readonly quantization: Quantization;

  /** The shape of the first weight as the float layer has it; null before that is known. */
  readonly kernelShape: number[] | null;

  /** The number of elements that the weights of the float layer have. */
  readonly floatSize: number;

  /** The weights in float32, as the float layer has them: new tensors, for the caller to dispose. */
  dequantizeWeights(): Tensor[];
}

/** `value`, where it is a size; `label` names the layer in the error. */
export function positiveInteger(label: string, argument: string, value: unknown): number {
  util.assert(
    Number.isInteger(value) && (value as number) > 0,
    () => `${label}: ${argument} is ${valueText(value)}, expected a positive integer`,
  );
  return value as number;
}

/** The shape of a layer's only input. */
export function onlyShape(label: string, shape: Shape | Shape[]): Shape {
  if (!Array.isArray(shape[0])) return shape as Shape;
  util.assert(shape.length === 1, () => `${label}: ${shape.length} inputs, expected one`);
  return shape[0];
}

/** A layer's only input. */
export function onlyTensor(label: string, inputs: Tensor | Tensor[]): Tensor {
  if (!Array.isArray(inputs)) return inputs;
  util.assert(inputs.length === 1, () => `${label}: ${inputs.length} inputs, expected one`);
  return inputs[0];
}
