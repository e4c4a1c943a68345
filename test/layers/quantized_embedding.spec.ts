import * as tf from '@tensorflow/tfjs-core';

import { quantizedEmbedding, type QuantizedEmbeddingArgs } from '../../src/layers';
import { dequantizeInt8, quantizeInt8 } from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { contentsOf } from '../support/contents';
import { expectSameBits } from '../support/expectations';
import { inputOf } from './models';

const ROWS = 9;
const ELEMENTS = 14;

describeOnBackends('QuantizedEmbedding', () => {
  it('gives the values that its rows stand for, for indices of any rank', () => {
    const layer = quantizedEmbedding({ inputDim: ROWS, outputDim: ELEMENTS, format: 'int8' });
    layer.build();
    const { values, scale } = quantizeInt8(inputOf([ROWS, ELEMENTS], 1));
    layer.setWeights([values, scale]);
    const table = dequantizeInt8(values, scale, ELEMENTS);
    for (const shape of [[4], [2, 2], [2, 1, 2]]) {
      const indices = tf.tensor([8, 0, 3, 3], shape, 'int32');
      const expected = tf.gather(table, indices);
      expectSameBits(layer.apply(indices) as tf.Tensor, contentsOf(expected));
      expectSameBits(layer.apply(tf.cast(indices, 'float32')) as tf.Tensor, contentsOf(expected));
    }
  });

  it('knows the shape of its output from inputLength', () => {
    const args = { inputDim: ROWS, outputDim: ELEMENTS, format: 'int4' as const };
    expect(
      quantizedEmbedding({ ...args, inputLength: 3 }).computeOutputShape([null, null]),
    ).toEqual([null, 3, ELEMENTS]);
    expect(quantizedEmbedding({ ...args, inputLength: 3 }).batchInputShape).toEqual([null, 3]);
    expect(quantizedEmbedding(args).batchInputShape).toEqual([null, null]);
    expect(quantizedEmbedding(args).computeOutputShape([null, 7])).toEqual([null, 7, ELEMENTS]);
  });

  const refused: [string, Partial<QuantizedEmbeddingArgs>, RegExp][] = [
    [
      'no rows',
      { inputDim: 0 },
      /QuantizedEmbedding e: inputDim is 0, expected a positive integer/,
    ],
    ['half an element', { outputDim: 0.5 }, /outputDim is 0.5, expected a positive integer/],
    [
      'an unknown format',
      { format: 'int3' as never },
      /format is 'int3', expected 'int8' or 'int4'/,
    ],
  ];
  for (const [what, args, message] of refused) {
    it(`refuses ${what}`, () => {
      expect(() =>
        quantizedEmbedding({ name: 'e', inputDim: 3, outputDim: 4, format: 'int8', ...args }),
      ).toThrowError(message);
    });
  }
});
