/**
 * `npm run bench`: quantized products against tfjs's own float32 one, through tfjs, in one process.
 *
 *   npm run bench -- --model square --m 1,16,128,1024 [--cold] [--out results.jsonl]
 *
 * Prints a table with the ratios to `tf.matMul`, and writes one JSON line a measurement.
 */
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';

import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import type { Tensor2D } from '@tensorflow/tfjs-core';

import * as tf from '../src/index';
import { describeMachine, lastLevelCacheBytes } from './machine';
import { type Calls, callsOf, measure } from './measure';
import { PROVIDERS, type Provider, makeProducts } from './providers';
import { type Shape, shapesOf } from './shapes';

interface Options {
  shapes: Shape[];
  ms: number[];
  cold: boolean;
  out: string | undefined;
}

function parseOptions(): Options {
  const { values } = parseArgs({
    options: {
      model: { type: 'string', default: 'square' },
      m: { type: 'string', default: '1,16,128,1024' },
      cold: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  const ms = values.m.split(',').map(Number);
  if (!ms.every((m) => Number.isInteger(m) && m > 0)) {
    throw new Error(`--m is '${values.m}', expected positive integers with commas between`);
  }
  return { shapes: shapesOf(values.model), ms, cold: values.cold, out: values.out };
}

/** The error of a provider's product against float32's, relative to its largest value. */
function relativeError(result: Tensor2D, expected: Tensor2D): number {
  return tf.tidy(() => result.sub(expected).abs().max().div(expected.abs().max()).dataSync()[0]);
}

/** What quantizing random normal weights may cost; more means that a kernel is wrong. */
const LARGEST_ERROR: Record<Provider, number> = {
  'tf.matMul float32': 0,
  linearInt8: 0.03,
  'matmulInt4Bf16 g128': 0.2,
  'matmulInt4Bf16 g32': 0.2,
};

async function benchmark({ n, k, model, layer }: Shape, m: number, cold: boolean) {
  const x = tf.randomNormal([m, k], 0, 1, 'float32', 1) as Tensor2D;
  const kernel = tf.randomNormal([k, n], 0, 0.05, 'float32', 2) as Tensor2D;
  const { products, dispose } = makeProducts(x, kernel, cold ? 2 * lastLevelCacheBytes() : 0);
  const expected = tf.matMul(x, kernel) as Tensor2D;
  const calls = {} as Record<Provider, Calls>;
  const errors = {} as Record<Provider, number>;
  for (const provider of PROVIDERS) {
    calls[provider] = callsOf(products[provider].call);
    const result = products[provider].call() as Tensor2D;
    errors[provider] = relativeError(result, expected);
    result.dispose();
    if (!(errors[provider] <= LARGEST_ERROR[provider])) {
      throw new Error(`${provider} is wrong at M=${m}, N=${n}, K=${k}: ${errors[provider]}`);
    }
  }
  const times = await measure(calls);
  dispose();
  tf.dispose([x, kernel, expected]);
  return PROVIDERS.map((provider) => ({
    op: 'dense',
    provider,
    model,
    layer,
    m,
    n,
    k,
    group: products[provider].group,
    cold,
    us: times[provider],
    tflops: (2 * m * n * k) / times[provider].median / 1e6,
    gbps: (products[provider].weightBytes + 4 * m * (n + k)) / times[provider].median / 1e3,
    maxRelativeError: errors[provider],
  }));
}

async function main(): Promise<void> {
  const { shapes, ms, cold, out } = parseOptions();
  const machine = describeMachine();
  console.log(`${machine.device}; ${tf.qutlass.info().reason}`);
  for (const shape of shapes) {
    for (const m of ms) {
      const rows = await benchmark(shape, m, cold);
      const float32 = rows[0].us.median;
      console.log(
        `\n${shape.model} ${shape.layer}  M=${m} N=${shape.n} K=${shape.k}${cold ? ' cold' : ''}`,
      );
      for (const row of rows) {
        const { p20, median, p80 } = row.us;
        const name = row.provider.padEnd(20);
        const time = `${median.toFixed(0).padStart(9)} us (${p20.toFixed(0)}..${p80.toFixed(0)})`;
        console.log(`  ${name} ${time.padEnd(32)} ${(float32 / median).toFixed(2).padStart(6)}x`);
        if (out !== undefined) appendFileSync(out, `${JSON.stringify({ ...row, ...machine })}\n`);
      }
    }
  }
}

void main();
