/** Comparisons of tensors, bit for bit, and of memory before and after. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, TensorContainer, TypedArray } from '@tensorflow/tfjs-core';

import type { Contents } from './contents';
import { contentsOf } from './contents';

function bitsOf(values: TypedArray): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

function hex(bits: number): string {
  return `0x${bits.toString(16).padStart(8, '0')}`;
}

/** Whether two elements are the same; of a NaN the bits do not matter. */
function isSame(got: TypedArray, expected: TypedArray): (index: number) => boolean {
  const gotBits = bitsOf(got);
  const expectedBits = bitsOf(expected);
  return (index) =>
    gotBits[index] === expectedBits[index] ||
    (Number.isNaN(got[index]) && Number.isNaN(expected[index]));
}

/** @throws unless dtype, shape and every bit agree, those of NaN apart. */
export function assertSameBits(actual: Tensor, expected: Contents): void {
  const got = contentsOf(actual);
  const heading = ({ dtype, shape }: Contents) => `${dtype} [${shape}]`;
  if (heading(got) !== heading(expected)) {
    throw new Error(`got ${heading(got)}, expected ${heading(expected)}`);
  }
  const same = isSame(got.values, expected.values);
  const index = got.values.findIndex((_: number, i: number) => !same(i));
  if (index >= 0) {
    throw new Error(
      `at ${index}: got ${got.values[index]} (${hex(bitsOf(got.values)[index])}), expected ` +
        `${expected.values[index]} (${hex(bitsOf(expected.values)[index])})`,
    );
  }
}

export function expectSameBits(actual: Tensor, expected: Contents): void {
  expect(() => assertSameBits(actual, expected)).not.toThrow();
}

/** Expects `run` to add the tensors that it returns to memory, and nothing else. */
export function expectNoLeak(run: () => TensorContainer): void {
  const before = tf.memory();
  const returned = tf.tensor_util.getTensorsInContainer(run());
  const after = tf.memory();
  expect(after.numTensors).toBe(before.numTensors + returned.length);
  expect(after.numDataBuffers).toBe(before.numDataBuffers + returned.length);
  tf.dispose(returned);
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(tf.memory().numBytes).toBe(before.numBytes);
}

/** Expects `run` to fail with this message and to leave memory as it was. */
export function expectError(run: () => unknown, message: string | RegExp): void {
  const before = tf.memory();
  if (typeof message === 'string') expect(run).toThrowError(message);
  else expect(run).toThrowError(message);
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
}
