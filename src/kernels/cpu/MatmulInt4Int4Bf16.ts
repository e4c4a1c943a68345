import type { TensorInfo } from '@tensorflow/tfjs-core';

import { MatmulInt4Int4Bf16 } from '../kernel_names';
import type { MatmulInt4Int4Bf16Attrs, MatmulInt4Int4Bf16Inputs } from '../kernel_names';
import { cpuKernel, floatsOf, integersOf, rowsAndWidth, withWidth } from './backend';
import type { CpuKernelArgs } from './backend';
import { INT4_PER_WORD, INT8_PER_WORD } from './layout';
import { int8Product, type Int8Product } from './MatmulInt8Bf16';

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

/** The same product of int4 operands, whose rows are `words` words long. */
export type Int4Product = Omit<Int8Product, 'aZero'>;

/** y `[m, n]` = bf16(act(f32(Σ_k (a - 8)·(b - 8))·sa·sb + bias)). */
export function int4Product(product: Int4Product): Float32Array {
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
  const { inputs, attrs, backend } = args;
  const [m, words] = rowsAndWidth(inputs.a.shape);
  const n = inputs.b.shape[0];
  const y = int4Product({
    a: integersOf(backend, inputs.a),
    b: integersOf(backend, inputs.b),
    sa: floatsOf(backend, inputs.sa),
    sb: floatsOf(backend, inputs.sb),
    bias: inputs.bias && floatsOf(backend, inputs.bias),
    m,
    n,
    words,
    activation: attrs.activation,
  });
  return backend.makeTensorInfo(withWidth(inputs.a.shape, n), 'float32', y);
}

export const matmulInt4Int4Bf16Config = cpuKernel(MatmulInt4Int4Bf16, matmulInt4Int4Bf16);
