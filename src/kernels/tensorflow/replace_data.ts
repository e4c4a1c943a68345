import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';

import type { TensorflowBackend } from './backend';

/**
 * Gives `tensor` the data of `replacement`, a new tensor that goes with the old data, and returns its
 * handle. The tensor stays the same object for tfjs and for its user.
 */
export function replaceData(
  { tensorMap }: TensorflowBackend,
  tensor: TensorInfo,
  replacement: Tensor,
): number {
  const own = tensorMap.get(tensor.dataId);
  const other = tensorMap.get(replacement.dataId);
  [own.id, other.id] = [other.id, own.id];
  replacement.dispose();
  return own.id;
}
