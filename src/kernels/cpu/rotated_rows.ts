import type { TensorInfo } from '@tensorflow/tfjs-core';

import type { RotationInputs, RowQuantizerAttrs } from '../kernel_names';
import { type CpuBackend, floatsOf } from './backend';
import { hadamardBlocks } from './Hadamard';
import { rotateBlocks } from './Rotate';

/** The values of x, turned by the rotation of a quantizer, if it has one. */
export function rotatedRows(
  backend: CpuBackend,
  { x, matrix }: { x: TensorInfo } & RotationInputs,
  { hadamard }: RowQuantizerAttrs,
): Float32Array {
  const values = floatsOf(backend, x);
  if (matrix) return rotateBlocks(values, floatsOf(backend, matrix), matrix.shape[0]);
  return hadamard > 0 ? hadamardBlocks(values, hadamard) : values;
}
