/** Interleaved timing: every provider is sampled in turn, so that a slow moment hits them all. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Tensor } from '@tensorflow/tfjs-core';

import * as tf from '../src/index';

/** Percentiles of a call's time, in microseconds. */
export interface Microseconds {
  p20: number;
  median: number;
  p80: number;
}

/** Queues one call of tfjs; the result is disposed of by the caller. */
export type Call = () => Tensor;

/** Makes so many calls, and resolves when the last is done. */
export type Calls = (count: number) => void | Promise<void>;

/** How much is measured: by default enough for a GPU's kernels, on a machine of its own. */
export interface Effort {
  mostSamples: number;
  leastSamples: number;
  /** Samples end when a provider has taken so long. */
  providerMs: number;
  /** Calls before the first sample take this long: JavaScript and TensorFlow compile as they go. */
  warmUpMs: number;
  /** A sample takes at least this long, so that the clock and the wait at its end do not count. */
  sampleMs: number;
  /** The pause before a sample: threads of the provider before it still look out for work. */
  pauseMs: number;
}

const DEFAULT_EFFORT: Effort = {
  mostSamples: 21,
  leastSamples: 21,
  providerMs: Infinity,
  warmUpMs: 400,
  sampleMs: 20,
  pauseMs: 3,
};

/** Waits for the device: reads one element, which no queued work can overtake. */
function wait(result: Tensor): void {
  tf.tidy(() => result.flatten().slice(0, 1).dataSync());
}

/** Calls of tfjs, with a wait for the last. */
export function callsOf(call: Call): Calls {
  return (count) => {
    for (let i = 1; i < count; i++) call().dispose();
    const last = call();
    wait(last);
    last.dispose();
  };
}

/** Milliseconds of `count` calls. */
async function sample(calls: Calls, count: number): Promise<number> {
  const start = performance.now();
  const done = calls(count);
  if (done) await done;
  return performance.now() - start;
}

async function callsPerSample(calls: Calls, effort: Effort): Promise<number> {
  const end = performance.now() + effort.warmUpMs;
  let fastest = await sample(calls, 1);
  while (performance.now() < end) fastest = Math.min(fastest, (await sample(calls, 5)) / 5);
  return Math.max(1, Math.ceil(effort.sampleMs / fastest));
}

function percentile(sorted: number[], fraction: number): number {
  return sorted[Math.round(fraction * (sorted.length - 1))];
}

/** One provider's samples so far. */
class Samples {
  readonly us: number[] = [];
  private spentMs = 0;

  constructor(
    private readonly calls: Calls,
    private readonly count: number,
    private readonly effort: Effort,
  ) {}

  async add(): Promise<void> {
    const { mostSamples, leastSamples, providerMs, pauseMs } = this.effort;
    if (this.us.length >= mostSamples) return;
    if (this.us.length >= leastSamples && this.spentMs >= providerMs) return;
    await sleep(pauseMs);
    await sample(this.calls, 2); // wakes this provider's threads, and its weights are in the cache
    const ms = await sample(this.calls, this.count);
    this.spentMs += ms;
    this.us.push((1000 * ms) / this.count);
  }

  percentiles(): Microseconds {
    const sorted = this.us.sort((a, b) => a - b);
    return {
      p20: percentile(sorted, 0.2),
      median: percentile(sorted, 0.5),
      p80: percentile(sorted, 0.8),
    };
  }
}

/** Times every entry of `providers`, by name. */
export async function measure<Name extends string>(
  providers: Record<Name, Calls>,
  effort: Effort = DEFAULT_EFFORT,
): Promise<Record<Name, Microseconds>> {
  const names = Object.keys(providers) as Name[];
  const samples = {} as Record<Name, Samples>;
  for (const name of names) {
    const count = await callsPerSample(providers[name], effort);
    samples[name] = new Samples(providers[name], count, effort);
  }
  for (let i = 0; i < effort.mostSamples; i++) {
    for (const name of names) await samples[name].add();
  }
  const result = {} as Record<Name, Microseconds>;
  for (const name of names) result[name] = samples[name].percentiles();
  return result;
}
