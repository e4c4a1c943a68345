import type { TensorInfo } from '@tensorflow/tfjs-core';

import { QuantizeInt4 } from '../kernel_names';
import type { QuantizeInt4Attrs, QuantizeInt4Inputs, ScaleMethod } from '../kernel_names';
import { cpuKernel, rowsAndWidth, withWidth } from './backend';
import type { CpuKernelArgs } from './backend';
import { INT4_PER_WORD, int4InWord, int4WordOf, int4Words } from './layout';
import { quantize } from './numerics';
import { int4RowScheme, rowQuantizers } from './range_quantizer';
import { rotatedRows } from './rotated_rows';

/** Quantizes `x` `[rows, k]`, each row with a scale of its own, to -7…7 stored with 8 added. */
export function quantizeRowsInt4(x: Float32Array, rows: number, k: number, method: ScaleMethod) {
  const rowScheme = int4RowScheme(method);
  const { lowest, highest } = rowScheme.scheme;
  const quantizerOf = rowQuantizers(x, k, rowScheme);
  const words = int4Words(k);
  const values = new Int32Array(rows * words);
  const scale = new Float32Array(rows);

  for (let row = 0; row < rows; row++) {
    const quantizer = quantizerOf(row);
    scale[row] = quantizer.scale;
    for (let i = 0; i < words * INT4_PER_WORD; i++) {
      const value = i < k ? quantize(x[row * k + i], quantizer, lowest, highest) : quantizer.zero;
      values[row * words + int4WordOf(i)] |= int4InWord(value, i % INT4_PER_WORD);
    }
  }
  return { values, scale };
}

function quantizeInt4(args: CpuKernelArgs<QuantizeInt4Inputs, QuantizeInt4Attrs>): TensorInfo[] {
  const { inputs, attrs, backend } = args;
  const { shape } = inputs.x;
  const [rows, k] = rowsAndWidth(shape);
  const x = rotatedRows(backend, inputs, attrs);
  const { values, scale } = quantizeRowsInt4(x, rows, k, attrs.method);
  return [
    backend.makeTensorInfo(withWidth(shape, int4Words(k)), 'int32', values),
    backend.makeTensorInfo(shape.slice(0, -1), 'float32', scale),
  ];
}

export const quantizeInt4Config = cpuKernel(QuantizeInt4, quantizeInt4);
