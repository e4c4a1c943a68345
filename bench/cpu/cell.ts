/** One cell of the benchmark: all providers on one layer, with one M, hot or cold. */
import type { Tensor2D } from '@tensorflow/tfjs-core';

import * as tf from '../../src/index';
import { lastLevelCacheBytes } from '../machine';
import { type Calls, type Effort, type Microseconds, measure } from '../measure';
import type { Shape } from '../shapes';
import { type Copy, type Format, type Layer, type Provider } from './providers';

/** What is measured of one provider in one cell: a line of JSON, but for the machine. */
export interface Measurement {
  op: 'dense';
  provider: string;
  library: Provider['library'];
  format: Format;
  model: string;
  layer: string;
  m: number;
  n: number;
  k: number;
  group: number | null;
  cold: boolean;
  threads: number;
  us: Microseconds;
  tflops: number;
  gbps: number;
  maxRelativeError: number;
}

const EFFORT: Effort = {
  mostSamples: 15,
  leastSamples: 5,
  providerMs: 300,
  warmUpMs: 30,
  sampleMs: 15,
  pauseMs: 3,
};

/**
 * What quantizing random normal weights and activations may cost; more means a wrong product. That of
 * 8 bits costs some 0.013; ONNX Runtime's int8 weights cost more on processors without VNNI, where its
 * sums of two products saturate at 16 bits.
 */
const LARGEST_ERROR: Record<Format, number> = { float32: 1e-5, int8: 0.02, int4: 0.25 };

/** Whether a product is what it should be. Where it is not, its time says nothing. */
export function isRight({ format, maxRelativeError }: Measurement): boolean {
  return maxRelativeError <= LARGEST_ERROR[format];
}

/** The largest error of a product, relative to its largest value. */
function relativeError(result: Float32Array, expected: Float32Array): number {
  let error = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    error = Math.max(error, Math.abs(result[i] - expected[i]));
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  return result.length === expected.length ? error / largest : Infinity;
}

/** Copies of one provider's weights; with more of them than the cache holds, they are cold. */
class Copies {
  private next = 0;

  private constructor(private readonly copies: Copy[]) {}

  static async of(provider: Provider, layer: Layer, coldBytes: number): Promise<Copies> {
    const count = Math.max(1, Math.ceil(coldBytes / (layer.kernel.size * provider.bytesPerWeight)));
    const copies = [];
    for (let i = 0; i < count; i++) copies.push(await provider.make(layer));
    return new Copies(copies);
  }

  readonly calls: Calls = (count) => {
    if (this.copies.length === 1) return this.copies[0].calls(count);
    return this.rotate(count);
  };

  private async rotate(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const done = this.copies[this.next++ % this.copies.length].calls(1);
      if (done) await done;
    }
  }

  product(): Promise<Float32Array> {
    return this.copies[0].product();
  }

  async dispose(): Promise<void> {
    for (const copy of this.copies) await copy.dispose();
  }
}

/**
 * Measures one cell.
 *
 * @throws where one of our products is wrong; ONNX Runtime's are told by {@link isRight}.
 */
export async function measureCell(
  providers: Provider[],
  { model, layer, n, k }: Shape,
  m: number,
  threads: number,
  cold: boolean,
): Promise<Measurement[]> {
  const x = tf.randomNormal([m, k], 0, 1, 'float32', 1) as Tensor2D;
  const kernel = tf.randomNormal([k, n], 0, 0.05, 'float32', 2) as Tensor2D;
  const expected = tf.tidy(() => tf.matMul(x, kernel).dataSync<'float32'>());
  const copies = {} as Record<string, Copies>;
  const calls = {} as Record<string, Calls>;
  const errors = {} as Record<string, number>;
  for (const provider of providers) {
    const { name, format } = provider;
    const coldBytes = cold ? 2 * lastLevelCacheBytes() : 0;
    copies[name] = await Copies.of(provider, { x, kernel, threads }, coldBytes);
    calls[name] = copies[name].calls;
    errors[name] = relativeError(await copies[name].product(), expected);
    if (provider.library === 'tfjs-qutlass' && !(errors[name] <= LARGEST_ERROR[format])) {
      throw new Error(`${name} is wrong at M=${m}, N=${n}, K=${k}: error ${errors[name]}`);
    }
  }
  const times = await measure(calls, EFFORT);
  for (const name of Object.keys(copies)) await copies[name].dispose();
  tf.dispose([x, kernel]);
  return providers.map(({ name, library, format, group, bytesPerWeight }) => ({
    op: 'dense',
    provider: name,
    library,
    format,
    model,
    layer,
    m,
    n,
    k,
    group,
    cold,
    threads,
    us: times[name],
    tflops: (2 * m * n * k) / times[name].median / 1e6,
    gbps: (k * n * bytesPerWeight + 4 * m * (n + k)) / times[name].median / 1e3,
    maxRelativeError: errors[name],
  }));
}
