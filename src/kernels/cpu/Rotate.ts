import { Rotate } from '../kernel_names';
import type { RotateInputs } from '../kernel_names';
import { cpuKernel, floatsOf } from './backend';
import type { CpuKernelArgs } from './backend';

/**
 * Each block of `n` consecutive elements times `matrix` `[n, n]`: y_j = x_0·R_0j + x_1·R_1j + …, one
 * product rounded to float32 after another added to the sum so far.
 */
export function rotateBlocks(x: Float32Array, matrix: Float32Array, n: number): Float32Array {
  const y = new Float32Array(x.length);
  for (let block = 0; block < x.length; block += n) {
    // Storing to y rounds to float32.
    for (let j = 0; j < n; j++) y[block + j] = x[block] * matrix[j];
    for (let i = 1; i < n; i++) {
      const value = x[block + i];
      for (let j = 0; j < n; j++) y[block + j] += Math.fround(value * matrix[i * n + j]);
    }
  }
  return y;
}

function rotate({ inputs, backend }: CpuKernelArgs<RotateInputs, undefined>) {
  const { x, matrix } = inputs;
  const y = rotateBlocks(floatsOf(backend, x), floatsOf(backend, matrix), matrix.shape[0]);
  return backend.makeTensorInfo(x.shape, 'float32', y);
}

export const rotateConfig = cpuKernel(Rotate, rotate);
