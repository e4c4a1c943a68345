/** How rows become integers, as kernels take it. */
import { util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

import type { RowQuantizerAttrs, ScaleMethod } from '../kernels/kernel_names';
import { ROTATION, SCALE_METHOD } from './options';
import { type KernelRotation, readRotation } from './rotation';
import type { RowQuantizerOptions } from './types';

/** What the options of rows may be. */
export const ROW_QUANTIZER = { method: SCALE_METHOD, rotation: ROTATION };

export interface RowQuantizer {
  rotation: KernelRotation;
  attrs: RowQuantizerAttrs & { [name: string]: ScaleMethod | number };
}

/** How the rows of x are quantized by these options, checked against x. */
export function readRowQuantizer(
  op: string,
  { method = 'abs_max', rotation: requested }: RowQuantizerOptions,
  x: Tensor,
  symmetric = true,
): RowQuantizer {
  util.assert(
    symmetric || method === 'abs_max',
    () => `${op}: method is '${method}', expected 'abs_max' where not symmetric`,
  );
  const rotation = readRotation(op, requested, x);
  return { rotation, attrs: { method, hadamard: rotation.hadamard } };
}
