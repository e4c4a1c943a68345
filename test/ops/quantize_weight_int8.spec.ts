import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

import { QuantizeWeightInt8 } from '../../src/kernels/kernel_names';
import { quantizeInt8, quantizeWeightInt8, unpackInt8 } from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { contentsOf, floats, integers, toTensor } from '../support/contents';
import { runCpuKernel } from '../support/cpu_kernels';
import { assertSameBits, expectError, expectNoLeak, expectSameBits } from '../support/expectations';
import { anyFloats, checkProperty, moderateFloats, size } from '../support/properties';

const kernels = (element: typeof anyFloats) =>
  fc
    .tuple(size(40), size(40))
    .chain(([k, n]) => element(k * n).map((values) => floats([k, n], values)));

describeOnBackends('quantizeWeightInt8', () => {
  it('has one scale a column of the kernel', () => {
    const kernel = [
      [127, 0, 1],
      [-1, 0, -2],
    ];
    const { values, scale } = quantizeWeightInt8(kernel);
    expectSameBits(unpackInt8(values, 2), integers([3, 2], [127, -1, 0, 0, 64, -127]));
    expectSameBits(scale, floats([3], [1, 1, 2 / 127]));
  });

  it('is quantizeInt8 of the transposed kernel', () => {
    checkProperty(kernels(moderateFloats), (contents) => {
      const kernel = toTensor(contents);
      const { values, scale } = quantizeWeightInt8(kernel);
      const rows = quantizeInt8(tf.transpose(kernel));
      assertSameBits(values, contentsOf(rows.values));
      assertSameBits(scale, contentsOf(rows.scale));
    });
  });

  it("gives the specification's bits", () => {
    checkProperty(kernels(anyFloats), (kernel) => {
      const { values, scale } = quantizeWeightInt8(toTensor(kernel));
      const expected = runCpuKernel(QuantizeWeightInt8, { kernel });
      [values, scale].forEach((tensor, i) => assertSameBits(tensor, expected[i]));
    });
  });

  it('leaves nothing behind', () => {
    expectNoLeak(() => quantizeWeightInt8([[1, 2, 3]]));
  });

  it('refuses other arguments', () => {
    expectError(
      () => quantizeWeightInt8([1, 2]),
      'quantizeWeightInt8: kernel has shape [2], expected [K, N]',
    );
    expectError(
      () => quantizeWeightInt8([[1, 2], [3]]),
      'quantizeWeightInt8: kernel is ragged: it has 3 elements, expected 4 for shape [2,2]',
    );
  });
});
