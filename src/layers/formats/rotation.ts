/** Rotations of layers: of the inputs as they come, and of the kernel's rows once, when it is packed. */
import {
  abs,
  eye,
  matMul,
  max,
  sub,
  Tensor,
  tidy,
  transpose,
  util,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { hadamard, rotate } from '../../ops';
import { HADAMARD_BLOCK_SIZE } from '../../ops/options';
import { shapeText, valueText } from '../../ops/values';

/**
 * How blocks of K are turned: by a Hadamard matrix of this size, or by a matrix that is orthogonal.
 * Where a number stands for that matrix, it is its size: the config of a layer knows no more, the
 * matrix itself is one of the layer's weights.
 */
export type LayerRotation = { hadamard: number } | { matrix: Tensor | number };

/** As the config of a layer has it. */
export type RotationConfig = { hadamard: number } | { matrix: number };

/** The largest element of R·Rᵀ - 1 of a matrix that counts as orthogonal. */
const ORTHOGONAL = 1e-3;

/** The number of elements that are turned together. */
function blockSizeOf(rotation: LayerRotation): number {
  if ('hadamard' in rotation) return rotation.hadamard;
  return typeof rotation.matrix === 'number' ? rotation.matrix : rotation.matrix.shape[0];
}

export function rotationConfig(rotation: LayerRotation): RotationConfig {
  return 'hadamard' in rotation
    ? { hadamard: rotation.hadamard }
    : { matrix: blockSizeOf(rotation) };
}

/** Whether the matrix itself is known, not only its size. */
export function hasMatrix(rotation: LayerRotation | undefined): boolean {
  return rotation !== undefined && 'matrix' in rotation && rotation.matrix instanceof Tensor;
}

/** 'hadamard 64', 'matrix 32' */
export function rotationText(rotation: LayerRotation): string {
  return `${Object.keys(rotation)[0]} ${blockSizeOf(rotation)}`;
}

/** The size of the matrix that is among the weights of a layer, or null where there is none. */
export function matrixSize(rotation: LayerRotation | undefined): number | null {
  return rotation === undefined || 'hadamard' in rotation ? null : blockSizeOf(rotation);
}

/** As the ops take it. @throws where the matrix is not known. */
export function opRotation(
  rotation: LayerRotation | undefined,
): { hadamard: number } | { matrix: Tensor2D } | undefined {
  if (rotation === undefined || 'hadamard' in rotation) return rotation;
  const { matrix } = rotation;
  util.assert(
    matrix instanceof Tensor,
    () => `rotation: the matrix of size ${String(matrix)} is needed, and only its size is known`,
  );
  return { matrix: matrix as Tensor2D };
}

/** The matrix, as a new weight of a layer, where there is one. */
export function matrixWeight(rotation: LayerRotation | undefined): Tensor[] {
  const turn = opRotation(rotation);
  return turn === undefined || 'hadamard' in turn ? [] : [turn.matrix.clone()];
}

/** `quantization` with the matrix that is one of a layer's weights, where it has one. */
export function withMatrix<Q extends { rotation?: LayerRotation }>(
  quantization: Q,
  matrix: Tensor | undefined,
): Q {
  return matrix === undefined ? quantization : { ...quantization, rotation: { matrix } };
}

/** Rows `[…, K]` turned. */
export function rotated(rows: Tensor, rotation: LayerRotation | undefined): Tensor {
  const turn = opRotation(rotation);
  if (turn === undefined) return rows;
  return 'hadamard' in turn
    ? hadamard(rows, { blockSize: turn.hadamard })
    : rotate(rows, turn.matrix);
}

/** Rows that `rotated` has turned, turned back. */
export function rotatedBack(rows: Tensor, rotation: LayerRotation | undefined): Tensor {
  const turn = opRotation(rotation);
  if (turn === undefined) return rows;
  return 'hadamard' in turn
    ? hadamard(rows, { blockSize: turn.hadamard })
    : tidy(() => rotate(rows, transpose(turn.matrix)));
}

/** Why rows of `k` elements cannot be turned so, or null where they can. */
export function unsupportedWidth(k: number, rotation: LayerRotation | undefined): string | null {
  if (rotation === undefined || k % blockSizeOf(rotation) === 0) return null;
  return `K is ${k}, which is no multiple of the ${blockSizeOf(rotation)} that are rotated together`;
}

/** Why `rotation` is none, or null where it is one. */
export function invalidRotation(rotation: unknown): string | null {
  const [name, ...others] = Object.keys((rotation ?? {}) as object);
  const value = ((rotation ?? {}) as Record<string, unknown>)[name];
  if (others.length === 0 && name === 'hadamard') {
    const { accepts, expected } = HADAMARD_BLOCK_SIZE;
    return accepts(value) ? null : `rotation.hadamard is ${valueText(value)}, expected ${expected}`;
  }
  if (others.length === 0 && name === 'matrix') return invalidMatrix(value);
  return `rotation is ${valueText(rotation)}, expected {hadamard: size} or {matrix: tensor}`;
}

function invalidMatrix(matrix: unknown): string | null {
  if (!(matrix instanceof Tensor)) {
    return Number.isInteger(matrix) && (matrix as number) > 0
      ? null
      : `rotation.matrix is ${valueText(matrix)}, expected a tensor`;
  }
  const { shape } = matrix as Tensor;
  const [n, m] = shape;
  if (matrix.rank !== 2 || n !== m || n === 0 || matrix.dtype !== 'float32') {
    return `rotation.matrix is ${matrix.dtype} ${shapeText(shape)}, expected float32 [n,n]`;
  }
  const deviation = deviationFromOrthogonal(matrix as Tensor2D);
  return deviation <= ORTHOGONAL
    ? null
    : `rotation.matrix is not orthogonal: R·Rᵀ is off the identity by ${deviation.toPrecision(3)}`;
}

function deviationFromOrthogonal(matrix: Tensor2D): number {
  return tidy(() => {
    const product = matMul(matrix, matrix, false, true);
    return max(abs(sub(product, eye(matrix.shape[0])))).dataSync()[0];
  });
}
