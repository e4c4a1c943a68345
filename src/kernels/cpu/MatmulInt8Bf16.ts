import type { TensorInfo } from '@tensorflow/tfjs-core';

import { MatmulInt8Bf16 } from '../kernel_names';
import type { MatmulInt8Bf16Attrs, MatmulInt8Bf16Inputs } from '../kernel_names';
import { cpuKernel, integersOf, withWidth } from './backend';
import type { CpuKernelArgs } from './backend';
import { INT8_PER_WORD, int8View } from './layout';
import { int8Epilogue } from './numerics';
import { type PackedProduct, packedProductOf } from './packed_product';

export interface Int8Product extends PackedProduct {
  /** The zero point of each row of `a`. */
  aZero: Int32Array | undefined;
}

/** Σ a·b in int32. */
function dot(a: Int8Array, aStart: number, b: Int8Array, bStart: number, length: number): number {
  let acc = 0;
  for (let i = 0; i < length; i++) acc = (acc + Math.imul(a[aStart + i], b[bStart + i])) | 0;
  return acc;
}

function rowSum(b: Int8Array, start: number, length: number): number {
  let sum = 0;
  for (let i = start; i < start + length; i++) sum += b[i];
  return sum;
}

/** y `[m, n]` = bf16(act(f32(Σ_k (a - aZero)·b)·sa·sb + bias)). */
export function int8Product(product: Int8Product): Float32Array {
  const { sa, sb, aZero, bias, m, n, activation } = product;
  const a = int8View(product.a);
  const b = int8View(product.b);
  const length = product.words * INT8_PER_WORD;
  const saStep = sa.length === 1 ? 0 : 1;
  const sbStep = sb.length === 1 ? 0 : 1;

  const y = new Float32Array(m * n);
  for (let column = 0; column < n; column++) {
    const bStart = column * length;
    // Σ (a - zero)·b = Σ a·b - zero·Σ b.
    const bSum = aZero ? rowSum(b, bStart, length) : 0;
    const columnBias = bias && bias[column];
    for (let row = 0; row < m; row++) {
      let acc = dot(a, row * length, b, bStart, length);
      if (aZero) acc = (acc - aZero[row] * bSum) | 0;
      y[row * n + column] = int8Epilogue(
        acc,
        sa[row * saStep],
        sb[column * sbStep],
        columnBias,
        activation,
      );
    }
  }
  return y;
}

function matmulInt8Bf16(
  args: CpuKernelArgs<MatmulInt8Bf16Inputs, MatmulInt8Bf16Attrs>,
): TensorInfo {
  const { inputs, backend } = args;
  const product = packedProductOf(args);
  const aZero = inputs.aZero && integersOf(backend, inputs.aZero);
  const y = int8Product({ ...product, aZero });
  return backend.makeTensorInfo(withWidth(inputs.a.shape, product.n), 'float32', y);
}

export const matmulInt8Bf16Config = cpuKernel(MatmulInt8Bf16, matmulInt8Bf16);
