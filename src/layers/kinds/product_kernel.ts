import { reshape, slice, tidy, transpose, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { formatOf } from '../formats';
import type { LayerKind } from './kind';

/** What the kinds have in common that multiply by a kernel `[…, K, N]`, whose other axes are 1. */
export const productKernel: Pick<
  LayerKind,
  'kernelWeights' | 'kernels' | 'rowsShape' | 'rows' | 'pack'
> = {
  kernelWeights: 1,

  kernels([kernel]) {
    return [kernel];
  },

  rowsShape(kernelShape) {
    const [k, n] = kernelShape.slice(-2);
    return [n, k];
  },

  rows(kernel, start, count) {
    return tidy(() => {
      const matrix = matrixOf(kernel);
      return transpose(slice(matrix, [0, start], [matrix.shape[0], count]));
    });
  },

  pack(kernel, quantization) {
    return tidy(() => formatOf(quantization).pack(matrixOf(kernel), quantization));
  },
};

function matrixOf(kernel: Tensor): Tensor2D {
  return reshape(kernel, kernel.shape.slice(-2) as [number, number]);
}
