import type { TensorInfo } from '@tensorflow/tfjs-core';

import { QuantizeInt8 } from '../kernel_names';
import type { QuantizeInt8Attrs, QuantizeInt8Inputs } from '../kernel_names';
import { cpuKernel, floatsOf, rowsAndWidth, withWidth } from './backend';
import type { CpuKernelArgs } from './backend';
import { INT8_PER_WORD, int8View, int8Words } from './layout';
import { quantize } from './numerics';
import { int8Scheme, rangeQuantizer } from './range_quantizer';

/** Rows of packed int8 elements with what maps them back to real values. */
export interface QuantizedRows {
  values: Int32Array;
  scale: Float32Array;
  zero: Int32Array;
}

/** Quantizes `x` `[rows, k]`, each row over its own range. */
export function quantizeRowsInt8(
  x: Float32Array,
  rows: number,
  k: number,
  symmetric: boolean,
): QuantizedRows {
  const scheme = int8Scheme(symmetric);
  const rowBytes = int8Words(k) * INT8_PER_WORD;
  const values = new Int32Array(rows * int8Words(k));
  const scale = new Float32Array(rows);
  const zero = new Int32Array(rows);

  const bytes = int8View(values);
  for (let row = 0; row < rows; row++) {
    const start = row * k;
    const quantizer = rangeQuantizer(x, start, start + k, scheme);
    scale[row] = quantizer.scale;
    zero[row] = quantizer.zero;
    for (let i = 0; i < k; i++) {
      bytes[row * rowBytes + i] = quantize(x[start + i], quantizer, scheme.lowest, scheme.highest);
    }
  }
  return { values, scale, zero };
}

function quantizeInt8(args: CpuKernelArgs<QuantizeInt8Inputs, QuantizeInt8Attrs>): TensorInfo[] {
  const { inputs, attrs, backend } = args;
  const { shape } = inputs.x;
  const [rows, k] = rowsAndWidth(shape);
  const { values, scale, zero } = quantizeRowsInt8(
    floatsOf(backend, inputs.x),
    rows,
    k,
    attrs.symmetric,
  );
  return [
    backend.makeTensorInfo(withWidth(shape, int8Words(k)), 'int32', values),
    backend.makeTensorInfo(shape.slice(0, -1), 'float32', scale),
    backend.makeTensorInfo(shape.slice(0, -1), 'int32', zero),
  ];
}

export const quantizeInt8Config = cpuKernel(QuantizeInt8, quantizeInt8);
