/** One cell of the benchmark: all providers on one layer, with one M, hot or cold. */
import type { Tensor2D } from '@tensorflow/tfjs-core';

import { Expectation, isRight } from '../../src/cli/bench/checks';
import { LayerCopies, copiesNeeded } from '../../src/cli/bench/copies';
import { lastLevelCacheBytes } from '../../src/cli/bench/machine';
import { type Calls, type Effort, callsOf, measure } from '../../src/cli/bench/measure';
import type { Product, Provider } from '../../src/cli/bench/providers/provider';
import { type Measurement, measurementOf } from '../../src/cli/bench/results';
import type { Shape } from '../../src/cli/bench/shapes';
import * as tf from '../../src/index';

/** A line of JSON, but for the machine. */
export type CpuMeasurement = Measurement & { threads: number };

export const EFFORT: Effort = {
  mostSamples: 15,
  leastSamples: 5,
  providerMs: 300,
  warmUpMs: 30,
  sampleMs: 15,
  restMs: 200,
};

/**
 * Measures one cell.
 *
 * @throws where one of our products is wrong; ONNX Runtime's are told by their error.
 */
export async function measureCell(
  providers: Provider[],
  shape: Shape,
  m: number,
  threads: number,
  cold: boolean,
  effort = EFFORT,
): Promise<CpuMeasurement[]> {
  const { n, k } = shape;
  const x = tf.randomNormal([m, k], 0, 1, 'float32', 1) as Tensor2D;
  const kernel = tf.randomNormal([k, n], 0, 0.05, 'float32', 2) as Tensor2D;
  const expectation = new Expectation(tf, x, kernel);
  const copies = new LayerCopies(
    tf,
    () => kernel.clone(),
    () => kernel.add(0), // of its own memory, as a layer's kernel is
    threads,
  );
  const products: Product[] = [];
  const calls = {} as Record<string, Calls>;
  const errors = {} as Record<string, number>;
  for (const provider of providers) {
    const { name, format, library } = provider;
    const count = copiesNeeded(provider, kernel.size, cold ? 2 * lastLevelCacheBytes() : 0);
    const product = await copies.product(provider, x, count);
    products.push(product);
    calls[name] = callsOf(product);
    const result = await product.result();
    errors[name] = expectation.errorOf(result);
    result.dispose();
    if (library === 'tfjs-qutlass' && !isRight(format, errors[name])) {
      throw new Error(`${name} is wrong at M=${m}, N=${n}, K=${k}: error ${errors[name]}`);
    }
  }
  const times = await measure(calls, effort);
  for (const product of products) await product.dispose();
  await copies.dispose();
  expectation.dispose();
  tf.dispose([x, kernel]);
  return providers.map((provider) => ({
    ...measurementOf(provider, shape, m, {
      us: times[provider.name],
      cold,
      maxRelativeError: errors[provider.name],
    }),
    threads,
  }));
}
