import type { TensorInfo } from '@tensorflow/tfjs-core';

import { MatmulInt4Int4Bf16 } from '../kernel_names';
import type { MatmulInt4Int4Bf16Attrs, MatmulInt4Int4Bf16Inputs } from '../kernel_names';
import { cpuKernel, withWidth } from './backend';
import type { CpuKernelArgs } from './backend';
import { INT4_PER_WORD, INT8_PER_WORD } from './layout';
import { int8Product } from './MatmulInt8Bf16';
import { type PackedProduct, packedProductOf } from './packed_product';

/** Int8 words that hold the elements of an int4 word. */
const WIDENED = INT4_PER_WORD / INT8_PER_WORD;

/** The four nibbles of 16 bits, each with 8 taken off, as the bytes of a word. */
function widenHalf(nibbles: number): number {
  const pairs = (nibbles | (nibbles << 8)) & 0x00ff00ff;
  const bytes = (pairs | (pairs << 4)) & 0x0f0f0f0f;
  // The highest bit of a byte keeps the difference from borrowing of its neighbour, and then is the
  // opposite of its sign.
  return ((bytes | 0x80808080) - 0x08080808) ^ 0x80808080;
}

/** Signed int4 elements, stored with 8 added, as int8 elements. */
function widen(packed: Int32Array): Int32Array {
  const words = new Int32Array(packed.length * WIDENED);
  for (let i = 0; i < packed.length; i++) {
    words[WIDENED * i] = widenHalf(packed[i] & 0xffff);
    words[WIDENED * i + 1] = widenHalf(packed[i] >>> 16);
  }
  return words;
}

/** y `[m, n]` = bf16(act(f32(Σ_k (a - 8)·(b - 8))·sa·sb + bias)). */
export function int4Product(product: PackedProduct): Float32Array {
  return int8Product({
    ...product,
    a: widen(product.a),
    b: widen(product.b),
    aZero: undefined,
    words: product.words * WIDENED,
  });
}

function matmulInt4Int4Bf16(
  args: CpuKernelArgs<MatmulInt4Int4Bf16Inputs, MatmulInt4Int4Bf16Attrs>,
): TensorInfo {
  const { inputs, backend } = args;
  const product = packedProductOf(args);
  return backend.makeTensorInfo(
    withWidth(inputs.a.shape, product.n),
    'float32',
    int4Product(product),
  );
}

export const matmulInt4Int4Bf16Config = cpuKernel(MatmulInt4Int4Bf16, matmulInt4Int4Bf16);
