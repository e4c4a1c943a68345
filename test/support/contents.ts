/** Tensors as plain arrays, which belong to no backend. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, TensorLike, TypedArray } from '@tensorflow/tfjs-core';

export interface Contents {
  shape: number[];
  dtype: 'float32' | 'int32';
  values: TypedArray;
}

function contents(dtype: Contents['dtype'], shape: number[], values: TypedArray): Contents {
  if (values.length !== tf.util.sizeFromShape(shape)) {
    throw new Error(`${values.length} values do not fill shape [${shape}]`);
  }
  return { shape, dtype, values };
}

export function floats(shape: number[], values: ArrayLike<number>): Contents {
  return contents('float32', shape, Float32Array.from(values));
}

export function integers(shape: number[], values: ArrayLike<number>): Contents {
  return contents('int32', shape, Int32Array.from(values));
}

/** float32 contents given by their bits. */
export function floatBits(shape: number[], bits: number[]): Contents {
  return contents('float32', shape, new Float32Array(Uint32Array.from(bits).buffer));
}

/** A tensor with these contents on the active backend. */
export function toTensor<T extends Tensor = Tensor>({ values, shape, dtype }: Contents): T {
  return tf.tensor(values as TensorLike, shape, dtype) as T;
}

export function contentsOf(tensor: Tensor): Contents {
  const values = tensor.dataSync() as TypedArray;
  return contents(tensor.dtype as Contents['dtype'], tensor.shape, values);
}

function disposing(tensor: Tensor): Contents {
  const kept = contentsOf(tensor);
  tensor.dispose();
  return kept;
}

/** Normally distributed floats, the same every time for a seed. */
export function randomFloats(shape: number[], seed: number): Contents {
  return disposing(tf.randomNormal(shape, 0, 1, 'float32', seed));
}

/** Words with any bits, the same every time for a seed. */
export function randomWords(shape: number[], seed: number): Contents {
  const [min, max] = [-(2 ** 31), 2 ** 31 - 1];
  return disposing(tf.randomUniform(shape, min, max, 'int32', seed));
}

/** M, N and K of products that end within the tiles and vectors that kernels work in. */
export const PRODUCT_SIZES: readonly [m: number, n: number, k: number][] = [
  [1, 257, 1023],
  [3, 17, 4100],
  [33, 65, 300],
  [130, 26, 513],
];
