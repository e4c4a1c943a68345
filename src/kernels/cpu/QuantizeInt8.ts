import type { TensorInfo } from '@tensorflow/tfjs-core';

import { QuantizeInt8 } from '../kernel_names';
import type { QuantizeInt8Attrs, QuantizeInt8Inputs } from '../kernel_names';
import { cpuKernel, rowsAndWidth, withWidth } from './backend';
import type { CpuKernelArgs } from './backend';
import { INT8_PER_WORD, int8View, int8Words } from './layout';
import { quantize } from './numerics';
import { int8RowScheme, type RowScheme, rowQuantizers } from './range_quantizer';
import { rotatedRows } from './rotated_rows';

/** Rows of packed int8 elements with what maps them back to real values. */
export interface QuantizedRows {
  values: Int32Array;
  scale: Float32Array;
  zero: Int32Array;
}

/** Quantizes `x` `[rows, k]`, each row with a scale of its own. */
export function quantizeRowsInt8(
  x: Float32Array,
  rows: number,
  k: number,
  rowScheme: RowScheme,
): QuantizedRows {
  const { lowest, highest } = rowScheme.scheme;
  const quantizerOf = rowQuantizers(x, k, rowScheme);
  const rowBytes = int8Words(k) * INT8_PER_WORD;
  const values = new Int32Array(rows * int8Words(k));
  const scale = new Float32Array(rows);
  const zero = new Int32Array(rows);

  const bytes = int8View(values);
  for (let row = 0; row < rows; row++) {
    const start = row * k;
    const quantizer = quantizerOf(row);
    scale[row] = quantizer.scale;
    zero[row] = quantizer.zero;
    for (let i = 0; i < k; i++) {
      bytes[row * rowBytes + i] = quantize(x[start + i], quantizer, lowest, highest);
    }
  }
  return { values, scale, zero };
}

function quantizeInt8(args: CpuKernelArgs<QuantizeInt8Inputs, QuantizeInt8Attrs>): TensorInfo[] {
  const { inputs, attrs, backend } = args;
  const { shape } = inputs.x;
  const [rows, k] = rowsAndWidth(shape);
  const { values, scale, zero } = quantizeRowsInt8(
    rotatedRows(backend, inputs, attrs),
    rows,
    k,
    int8RowScheme(attrs.symmetric, attrs.method),
  );
  return [
    backend.makeTensorInfo(withWidth(shape, int8Words(k)), 'int32', values),
    backend.makeTensorInfo(shape.slice(0, -1), 'float32', scale),
    backend.makeTensorInfo(shape.slice(0, -1), 'int32', zero),
  ];
}

export const quantizeInt8Config = cpuKernel(QuantizeInt8, quantizeInt8);
