import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** The outputs of a model for one batch, from the states that it starts with, where it has any. */
export function outputsOf(model: LayersModel, inputs: Tensor | Tensor[]): Tensor[] {
  model.resetStates();
  return toTensors(model.predictOnBatch(inputs));
}

/** Tensors where there may be one or several. */
export function toTensors(tensors: Tensor | Tensor[]): Tensor[] {
  return Array.isArray(tensors) ? tensors : [tensors];
}
