/**
 * Keeps int32 tensors in GPU memory.
 *
 * TensorFlow leaves an int32 tensor that JavaScript made in host memory and copies it to the GPU
 * again for each op that reads it there, which for packed weights costs more than the product
 * itself. So the first op of ours that sees such a tensor makes that copy once, with the native op
 * QutlassToDevice, and puts the copy's handle in the place of the tensor's own. The tensor stays
 * the same object, with the same values, for tfjs and for its user.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';

import type { TensorflowBackend } from './backend';
import { replaceData } from './replace_data';

/** The data (by tfjs's dataId) known to be on the device. */
const resident = new WeakSet<object>();

/** Moves those of `tensors` to the device that are int32 and not there yet. */
export function keepOnDevice(backend: TensorflowBackend, tensors: TensorInfo[]): void {
  if (!backend.isUsingGpuDevice) return;
  for (const tensor of tensors) {
    if (tensor.dtype !== 'int32' || resident.has(tensor.dataId)) continue;
    replaceData(backend, tensor, backend.executeSingleOutput('QutlassToDevice', [], [tensor]));
    resident.add(tensor.dataId);
  }
}
