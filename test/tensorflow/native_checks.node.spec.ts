/**
 * The native ops check their inputs themselves: a wrong call from any surface is an exception that
 * says what came and what was expected, never a crash. These calls go around the ops of src/ops.
 */
import { type TensorInfo, findBackend } from '@tensorflow/tfjs-core';

import * as tf from '../../src/index';
import {
  type Attributes,
  type TensorflowBackend,
  execute,
  executeMultiple,
} from '../../src/kernels/tensorflow/backend';
import { testBackends } from '../support/backends';

const int32 = (shape: number[]) => tf.zeros(shape, 'int32');
const float32 = (shape: number[]) => tf.zeros(shape, 'float32');

interface WrongCall {
  because: string;
  op: string;
  inputs: () => TensorInfo[];
  attributes: Attributes;
  outputs?: number;
  error: RegExp;
}

const INT8_OP = 'QutlassMatmulInt8Bf16AZeroBias';
const INT4_OP = 'QutlassMatmulInt4Bf16ZerosBias';

function int8Inputs({ a = [2, 4], b = [3, 4], sa = [2], sb = [3], aZero = [2], bias = [3] }) {
  return () => [int32(a), int32(b), float32(sa), float32(sb), int32(aZero), float32(bias)];
}

function int4Inputs({ x = [2, 64], w = [3, 8], scales = [3, 2], zeros = [3, 2], bias = [3] }) {
  return () => [float32(x), int32(w), float32(scales), int32(zeros), float32(bias)];
}

const CALLS: WrongCall[] = [
  {
    because: 'x is a scalar',
    op: 'QutlassPackInt4',
    inputs: () => [int32([])],
    attributes: { T: { dtype: 'int32' }, signed: false },
    error: /packInt4: x has shape \[\], expected rank at least 1/,
  },
  {
    because: 'there are fewer rows',
    op: 'QutlassDequantizeInt8',
    inputs: () => [int32([3, 2]), float32([3])],
    attributes: { k: 8, first_row: 2, row_count: 2 },
    error: /dequantizeInt8: first_row is 2 and row_count 2, but values has 3 rows/,
  },
  {
    because: 'rows are asked of what is no matrix',
    op: 'QutlassDequantizeInt4',
    inputs: () => [int32([3, 2, 1]), float32([3, 2, 1])],
    attributes: { k: 8, group_size: 8, first_row: 0, row_count: 1 },
    error: /dequantizeInt4: values has shape \[3,2,1\], expected rank 2/,
  },
  {
    because: 'k does not fit the words',
    op: 'QutlassUnpackInt8',
    inputs: () => [int32([2, 3])],
    attributes: { k: 16 },
    error: /unpackInt8: packed has shape \[2,3\], expected \[2,4\] \(K=16\)/,
  },
  {
    because: 'k is negative',
    op: 'QutlassUnpackInt4',
    inputs: () => [int32([2, 3])],
    attributes: { k: -1, signed: false },
    error: /k is -1, expected 0\.\.2147483647/,
  },
  {
    because: 'a weight is no matrix',
    op: 'QutlassQuantizeWeightInt8',
    inputs: () => [float32([2, 3, 4])],
    attributes: {},
    outputs: 2,
    error: /kernel has shape \[2,3,4\], expected rank 2/,
  },
  {
    because: 'the group size is no multiple of 8',
    op: 'QutlassQuantizeWeightInt4',
    inputs: () => [float32([64, 2])],
    attributes: { group_size: 12, symmetric: false },
    outputs: 3,
    error: /group_size is 12, expected K=64 or a positive multiple of 8/,
  },
  {
    because: 'the group size is zero',
    op: 'QutlassQuantizeWeightInt4',
    inputs: () => [float32([64, 2])],
    attributes: { group_size: 0, symmetric: false },
    outputs: 3,
    error: /group_size is 0/,
  },
  {
    because: 'there is a scale too few',
    op: 'QutlassDequantizeInt4Zeros',
    inputs: () => [int32([3, 8]), float32([3, 1]), int32([3, 2])],
    attributes: { k: 64, group_size: 32 },
    error: /scales has shape \[3,1\], expected \[3,2\] \(K=64, group size 32\)/,
  },
  {
    because: 'there is a zero point too many',
    op: 'QutlassDequantizeInt8Zero',
    inputs: () => [int32([3, 8]), float32([3]), int32([4])],
    attributes: { k: 32 },
    error: /zero has shape \[4\], expected \[3\]/,
  },
  {
    because: 'a and b differ in K',
    op: INT8_OP,
    inputs: int8Inputs({ b: [3, 5] }),
    attributes: {},
    error: /a has 4 words a row and b 5/,
  },
  {
    because: 'a is a vector',
    op: INT8_OP,
    inputs: int8Inputs({ a: [4] }),
    attributes: {},
    error: /a has shape \[4\], expected rank at least 2/,
  },
  {
    because: 'sa has a value too many',
    op: INT8_OP,
    inputs: int8Inputs({ sa: [3] }),
    attributes: {},
    error: /sa has shape \[3\], expected \[2\] \(one scale a row of a, or a scalar\)/,
  },
  {
    because: 'K could overflow an int32 sum',
    op: 'QutlassMatmulInt8Bf16',
    inputs: () => [int32([1, 32769]), int32([1, 32769]), float32([]), float32([])],
    attributes: {},
    error: /a has 32769 words a row, expected at most 32768: K=131071/,
  },
  {
    because: 'K could overflow an int32 sum with zero points',
    op: INT8_OP,
    inputs: int8Inputs({ a: [1, 16450], b: [1, 16450], sa: [], sb: [], aZero: [1] }),
    attributes: {},
    error: /expected at most 16449: K=65793/,
  },
  {
    because: 'the bias has a wrong length',
    op: INT8_OP,
    inputs: int8Inputs({ bias: [1] }),
    attributes: {},
    error: /bias has shape \[1\], expected \[3\]/,
  },
  {
    because: 'there is no such activation',
    op: INT8_OP,
    inputs: int8Inputs({}),
    attributes: { activation: 'gelu' },
    error: /activation|gelu/,
  },
  {
    because: 'b is float32',
    op: INT8_OP,
    inputs: () => {
      const [a, , ...others] = int8Inputs({})();
      return [a, float32([3, 4]), ...others];
    },
    attributes: {},
    error: /int32/,
  },
  {
    because: 'w is not packed',
    op: INT4_OP,
    inputs: int4Inputs({ w: [3, 64] }),
    attributes: { group_size: 32 },
    error: /w has shape \[3,64\], expected \[3,8\] \(K=64\)/,
  },
  {
    because: 'scales do not fit the group size',
    op: INT4_OP,
    inputs: int4Inputs({ scales: [3, 3] }),
    attributes: { group_size: 32 },
    error: /scales has shape \[3,3\], expected \[3,2\] \(K=64, group size 32\)/,
  },
  {
    because: 'even groups are no multiple of 8',
    op: 'QutlassMatmulInt4Bf16',
    inputs: () => [float32([2, 64]), int32([3, 8]), float32([3, 5])],
    attributes: {},
    error: /group_size is 12, expected K=64 or a positive multiple of 8/,
  },
  {
    because: 'a result has more elements than an int32 counts',
    op: 'QutlassMatmulInt4Bf16',
    inputs: () => [float32([65536, 0]), int32([32768, 0]), float32([32768, 1])],
    attributes: { group_size: 8 },
    error: /y of shape \[65536,32768\] is too large: sizes must fit int32/,
  },
  {
    because: 'there is a zero point too few',
    op: 'QutlassLinearInt8Int4ZerosBias',
    inputs: int4Inputs({ zeros: [3, 1] }),
    attributes: {},
    error: /linearInt8Int4: zeros has shape \[3,1\], expected \[3,2\]/,
  },
  {
    because: 'K is no multiple of what is rotated together',
    op: 'QutlassLinearInt8Int4ZerosBias',
    inputs: int4Inputs({}),
    attributes: { hadamard: 128 },
    error: /linearInt8Int4: x has shape \[2,64\], expected a last dimension .* multiple of 128/,
  },
  {
    because: 'the sum of a group could overflow an int32',
    op: 'QutlassLinearInt8Int4',
    inputs: () => [float32([1, 1127289]), int32([1, 140912]), float32([1, 1])],
    attributes: {},
    error: /linearInt8Int4: group_size is 1127289, expected at most 1127288/,
  },
  {
    because: 'w has a wrong K',
    op: 'QutlassLinearInt8',
    inputs: () => [float32([2, 17]), int32([3, 4]), float32([3])],
    attributes: {},
    error: /w has shape \[3,4\], expected \[3,5\] \(K=17\)/,
  },
  {
    because: 'an input is missing',
    op: 'QutlassLinearInt8',
    inputs: () => [float32([2, 16])],
    attributes: {},
    error: /QutlassLinearInt8|input/,
  },
];

/** Of ops that have no kernel for a GPU. */
const HOST_CALLS: WrongCall[] = [
  {
    because: 'w is no matrix',
    op: 'QutlassPrepackInt8',
    inputs: () => [int32([8])],
    attributes: {},
    error: /prepackInt8: w has shape \[8\], expected rank 2/,
  },
  {
    because: 'nothing was prepacked',
    op: 'QutlassUnprepackInt8',
    inputs: () => [int32([64])],
    attributes: {},
    error: /unprepackInt8: prepacked is not prepacked, expected what prepackInt8 made/,
  },
  {
    because: 'w is weights as they are',
    op: 'QutlassLinearInt8Prepacked',
    inputs: () => [float32([2, 16]), int32([3, 4]), float32([3])],
    attributes: {},
    error: /linearInt8Prepacked: w has shape \[3,4\], expected rank 1/,
  },
  {
    because: 'w was prepacked with another K',
    op: 'QutlassLinearInt8Prepacked',
    inputs: () => {
      const backend = findBackend('tensorflow') as TensorflowBackend;
      const w = execute(backend, 'QutlassPrepackInt8', [int32([3, 4])], {});
      return [float32([2, 17]), w, float32([3])];
    },
    attributes: {},
    // The latter where the processor does not prepack.
    error: /w was prepacked with 4 words a row, expected 5, for K=17|w is not prepacked/,
  },
];

if (testBackends.some(({ name }) => name === 'tensorflow')) {
  describe('a wrong call of a native op', () => {
    let backend: TensorflowBackend;
    beforeAll(async () => {
      await tf.setBackend('tensorflow');
      backend = findBackend('tensorflow') as TensorflowBackend;
    });

    const isOnGpu = testBackends.some(({ place }) => place === 'device');
    const calls = isOnGpu ? CALLS : [...CALLS, ...HOST_CALLS];
    for (const { because, op, inputs, attributes, outputs = 1, error } of calls) {
      it(`of ${op} is an error where ${because}`, () => {
        const before = tf.memory().numTensors;
        tf.tidy(() => {
          const call = () =>
            outputs === 1
              ? execute(backend, op, inputs(), attributes)
              : executeMultiple(backend, op, inputs(), attributes, outputs);
          expect(call).toThrowError(error);
        });
        expect(tf.memory().numTensors).toBe(before);
      });
    }
  });
}
