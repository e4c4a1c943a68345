import { Hadamard } from '../kernel_names';
import type { HadamardAttrs, HadamardInputs } from '../kernel_names';
import { cpuKernel, floatsOf } from './backend';
import type { CpuKernelArgs } from './backend';

/** Every pair of elements `stride` apart, from `start` to `end`, becomes its sum and its difference. */
function butterflies(y: Float32Array, start: number, end: number, stride: number): void {
  for (let first = start; first < end; first += 2 * stride) {
    for (let i = first; i < first + stride; i++) {
      const a = y[i];
      const b = y[i + stride];
      // Storing to y rounds to float32.
      y[i] = a + b;
      y[i + stride] = a - b;
    }
  }
}

/** Each block of `blockSize` consecutive elements times H / √blockSize, H in Sylvester order. */
export function hadamardBlocks(x: Float32Array, blockSize: number): Float32Array {
  const y = x.slice();
  const factor = Math.fround(1 / Math.sqrt(blockSize));
  for (let start = 0; start < y.length; start += blockSize) {
    const end = start + blockSize;
    for (let stride = 1; stride < blockSize; stride *= 2) butterflies(y, start, end, stride);
    for (let i = start; i < end; i++) y[i] *= factor;
  }
  return y;
}

function hadamard({ inputs, attrs, backend }: CpuKernelArgs<HadamardInputs, HadamardAttrs>) {
  const y = hadamardBlocks(floatsOf(backend, inputs.x), attrs.blockSize);
  return backend.makeTensorInfo(inputs.x.shape, 'float32', y);
}

export const hadamardConfig = cpuKernel(Hadamard, hadamard);
