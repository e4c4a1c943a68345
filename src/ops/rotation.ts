/** Rotations of rows, block by block, as kernels take them. */
import { util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

import { Hadamard, Rotate } from '../kernels/kernel_names';
import { HADAMARD_BLOCK_SIZE, readOptions, TENSOR } from './options';
import { runKernel } from './run_kernel';
import { widthOf } from './shapes';
import { toOptionalTensor } from './tensor_arguments';
import type { Rotation } from './types';
import { shapeText } from './values';

/** At most one of the two is there. */
export interface KernelRotation {
  /** The block size of a Hadamard rotation, else 0. */
  hadamard: number;
  matrix: Tensor | undefined;
}

/** Checks that a matrix can turn blocks. */
export function assertRotationMatrix(op: string, { shape }: Tensor): void {
  util.assert(
    shape.length === 2 && shape[0] === shape[1] && shape[0] > 0,
    () => `${op}: matrix has shape ${shapeText(shape)}, expected [n, n] with n of 1 or more`,
  );
}

/** Checks that the rows of x divide into blocks of `blockSize`. */
export function assertWholeBlocks(op: string, x: Tensor, blockSize: number, reason: string): void {
  util.assert(
    widthOf(x) % blockSize === 0,
    () =>
      `${op}: x has shape ${shapeText(x.shape)}, expected K to be a multiple of ${blockSize} ` +
      `(${reason})`,
  );
}

/** The rotation that was asked for, checked against the rows of x. */
export function readRotation(
  op: string,
  rotation: Rotation | null | undefined,
  x: Tensor,
): KernelRotation {
  if (rotation == null) return { hadamard: 0, matrix: undefined };
  const given = readOptions<{ hadamard?: unknown; matrix?: unknown }>(`${op}: rotation`, rotation, {
    hadamard: HADAMARD_BLOCK_SIZE,
    matrix: TENSOR,
  }) as Partial<Rotation>;
  const hadamard = given.hadamard ?? 0;
  const matrix = toOptionalTensor(op, 'matrix', given.matrix, 'float32');
  util.assert(
    hadamard > 0 !== (matrix !== undefined),
    () =>
      `${op}: rotation has ${matrix ? 'both hadamard and matrix' : 'neither hadamard nor matrix'}, ` +
      `expected one of them`,
  );
  if (matrix) assertRotationMatrix(op, matrix);
  const reason = matrix ? 'the size of matrix' : 'the block size of hadamard';
  assertWholeBlocks(op, x, matrix ? matrix.shape[0] : hadamard, reason);
  return { hadamard, matrix };
}

/** x `[…, K]`, rotated; x itself where there is no rotation. */
export function rotated(op: string, x: Tensor, { hadamard, matrix }: KernelRotation): Tensor {
  if (matrix) return runKernel(op, Rotate, { x, matrix });
  return hadamard > 0 ? runKernel(op, Hadamard, { x }, { blockSize: hadamard }) : x;
}
