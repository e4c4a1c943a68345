import * as tf from '@tensorflow/tfjs-core';

import {
  quantizedDense,
  quantizedPointwiseConv,
  type QuantizedPointwiseConvArgs,
} from '../../src/layers';
import { describeOnBackends } from '../support/backends';
import { contentsOf } from '../support/contents';
import { expectSameBits } from '../support/expectations';
import { inputOf } from './models';

const K = 21;
const FILTERS = 5;

describeOnBackends('QuantizedPointwiseConv', () => {
  it('gives the bits of a QuantizedDense layer at each position', () => {
    const conv = quantizedPointwiseConv({ filters: FILTERS, strides: [1, 1], format: 'int8' });
    const dense = quantizedDense({ units: FILTERS, format: 'int8' });
    const x = inputOf([2, 3, 4, K], 1);
    const [kernel, bias] = [inputOf([K, FILTERS], 2) as tf.Tensor2D, inputOf([FILTERS], 3)];
    for (const layer of [conv, dense]) {
      layer.build([null, 3, 4, K]);
      layer.setWeights(layer.packWeights(kernel, bias));
    }
    expectSameBits(conv.apply(x) as tf.Tensor, contentsOf(dense.apply(x) as tf.Tensor));
  });

  it('knows the shape of its output, whatever is known of its input', () => {
    const args = { filters: FILTERS, strides: [2, 3], format: 'int4' as const };
    const last = quantizedPointwiseConv(args);
    expect(last.computeOutputShape([null, 5, null, K])).toEqual([null, 3, null, FILTERS]);
    const first = quantizedPointwiseConv({ ...args, dataFormat: 'channelsFirst' });
    expect(first.computeOutputShape([8, K, 5, 7])).toEqual([8, FILTERS, 3, 3]);
  });

  const refused: [string, Partial<QuantizedPointwiseConvArgs>, RegExp][] = [
    ['no filters', { filters: 0 }, /QuantizedPointwiseConv c: filters is 0, expected a positive/],
    ['strides of no axis', { strides: [] }, /strides is an array, expected one to three numbers/],
    ['a stride of 0', { strides: [1, 0] }, /a stride is 0, expected a positive integer/],
    [
      'other data formats',
      { dataFormat: 'NCHW' as never },
      /dataFormat is 'NCHW', expected 'channels/,
    ],
  ];
  for (const [what, args, message] of refused) {
    it(`refuses ${what}`, () => {
      expect(() =>
        quantizedPointwiseConv({ name: 'c', filters: 2, strides: [1], format: 'int8', ...args }),
      ).toThrowError(message);
    });
  }

  it('refuses inputs that do not fit', () => {
    const layer = () =>
      quantizedPointwiseConv({ filters: 2, strides: [1], format: 'int8', inputDim: 4 });
    expect(() => layer().build([null, 3, 5])).toThrowError(/the input has 5 features, but .* K=4/);
    expect(() => layer().build([null, 4])).toThrowError(/expected 3 axes with the number of/);
    expect(() => layer().build([null, 4, null])).toThrowError(/the number of channels known/);
    expect(() => layer().apply(tf.zeros([2, 4]))).toThrowError(/expected ndim=3/);
  });
});
