/** What is multiplied, and how results are checked. */
import * as core from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

import { Expectation, checkedRows, isRight } from '../../../src/cli/bench/checks';
import { LayerCopies, copiesNeeded } from '../../../src/cli/bench/copies';
import { callsOf } from '../../../src/cli/bench/measure';
import { PROVIDER_NAMES, makeProviders, whyUnfit } from '../../../src/cli/bench/providers';
import { randomInput, randomKernel } from '../../../src/cli/bench/random_matrix';
import type { Package } from '../../../src/cli/models/load_package';
import * as qutlass from '../../../src/ops';
import { describeOnBackends } from '../../support/backends';

const tf = { ...core, qutlass } as unknown as Package;
const OURS = PROVIDER_NAMES.filter((name) => name !== 'onnxruntime');

describeOnBackends("the benchmark's operands", () => {
  it('are random, whatever their size', () => {
    const x = randomInput(tf, 9, 1100);
    expect(x.shape).toEqual([9, 1100]);
    const { mean, variance } = tf.moments(x);
    expect(mean.dataSync()[0]).toBeCloseTo(0, 1);
    expect(variance.dataSync()[0]).toBeCloseTo(1, 1);
    expect(randomInput(tf, 9, 1100).sub(x).abs().max().dataSync()[0]).toBe(0);
    expect(randomInput(tf, 300, 7).shape).toEqual([300, 7]);
    expect(randomKernel(tf, 1100, 3).shape).toEqual([1100, 3]);
    expect(randomKernel(tf, 3, 1030).shape).toEqual([3, 1030]);
  });

  it('have rotated weights, bit for bit those of all of them at once', () => {
    const [k, n] = [1024 + 64, 24];
    const expected = qutlass.hadamard(randomKernel(tf, k, n).transpose(), { blockSize: 64 });
    const rotated = randomKernel(tf, k, n, 64).transpose();
    expect(rotated.dataSync()).toEqual(expected.dataSync());
  });

  it('give right results by every provider of ours, with one copy of the weights and more', async () => {
    const [m, n, k] = [5, 40, 128];
    const [x, kernel] = [randomInput(tf, m, k), randomKernel(tf, k, n)];
    const make = (hadamard: number) => randomKernel(tf, k, n, hadamard);
    const copies = new LayerCopies(tf, make, make, 1);
    const expectation = new Expectation(tf, x, kernel);
    const providers = makeProviders(OURS, { groupSize: 32, hadamardSizes: [16, 64] });
    expect(providers.map(({ name }) => name)).toEqual([
      ...['tfjs-float32', 'int8', 'int8-had16', 'int8-had64', 'int8-noquant', 'int4'],
      ...['int4a8', 'int4a8-had16', 'int4a8-had64'],
      ...['int4a4', 'int4a4-had16', 'int4a4-had64', 'int4a4-noquant'],
    ]);
    for (const provider of providers) {
      for (const count of [1, 3]) {
        const before = tf.memory().numTensors;
        const product = await copies.product(provider, x, count);
        await callsOf(product)(4);
        const error = expectation.errorOf(await product.result());
        expect(isRight(provider.format, error)).withContext(`${provider.name} ${error}`).toBeTrue();
        if (provider.format !== 'float32') {
          expect(error).withContext(provider.name).toBeGreaterThan(1e-4);
        }
        await product.dispose();
        expect(tf.memory().numTensors).toBeGreaterThan(before - 1);
      }
    }
  });

  it('are all disposed of with their layer', async () => {
    const [m, n, k] = [2, 16, 64];
    const x = randomInput(tf, m, k);
    const make = (hadamard: number) => randomKernel(tf, k, n, hadamard);
    const before = tf.memory().numTensors;
    const copies = new LayerCopies(tf, make, make, 1);
    for (const provider of makeProviders(OURS, { groupSize: 32, hadamardSizes: [16] })) {
      const product = await copies.product(provider, x, 2);
      await callsOf(product)(3);
      await product.dispose();
    }
    await copies.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('tell a result with one wrong row, or with NaN, from a right one', () => {
    const [m, n, k] = [600, 8, 16];
    const [x, kernel] = [randomInput(tf, m, k), randomKernel(tf, k, n)];
    const expectation = new Expectation(tf, x, kernel);
    const right = tf.matMul(x, kernel) as Tensor2D;
    expect(isRight('float32', expectation.errorOf(right))).toBeTrue();
    const wrongAt = (row: number, by: number) => {
      const mark = tf
        .oneHot(tf.tensor1d([row], 'int32'), m)
        .transpose()
        .mul(by);
      return expectation.errorOf(right.add(mark) as Tensor2D);
    };
    expect(isRight('int4a4', wrongAt(m - 1, 10))).toBeFalse();
    expect(isRight('int8', wrongAt(0, 1))).toBeFalse();
    expect(isRight('int4a4', expectation.errorOf(right.mul(NaN)))).toBeFalse();
  });
});

describe("the benchmark's checks", () => {
  it('take all rows of few, and of many some all over', () => {
    expect(checkedRows(1)).toEqual([0]);
    expect(checkedRows(4)).toEqual([0, 1, 2, 3]);
    const rows = checkedRows(32768);
    expect([rows.length, rows[0], rows[511]]).toEqual([512, 0, 32767]);
    const gaps = rows.slice(1).map((row, i) => row - rows[i]);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(65);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(64);
  });

  it('keep providers from what they cannot be measured on', () => {
    const options = { groupSize: 128, hadamardSizes: [256] };
    const unfit = (k: number, threads: number, cold: boolean) =>
      makeProviders(PROVIDER_NAMES, options)
        .filter((provider) => whyUnfit(provider, { k, threads, cold }))
        .map(({ name }) => name);
    expect(unfit(1024, 2, false)).toEqual([]);
    expect(unfit(1024, 1, true)).toEqual([]);
    expect(unfit(200, 2, false)).toEqual([
      ...['int8-had256', 'int4a8-had256', 'int4a4-had256', 'onnxruntime-int4'],
    ]);
    expect(unfit(1024, 2, true)).toEqual(['onnxruntime-int8', 'onnxruntime-int4']);
  });

  it('make as many copies as the cache cannot hold', () => {
    const [float32, int8] = makeProviders(['tfjs-float32', 'int8'], {
      ...{ groupSize: 128, hadamardSizes: [] },
    });
    expect(copiesNeeded(float32, 1000, 0)).toBe(1);
    expect(copiesNeeded(float32, 1000, 64_000)).toBe(16);
    expect(copiesNeeded(int8, 1000, 64_001)).toBe(65);
  });
});
