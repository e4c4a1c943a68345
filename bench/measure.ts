/** Interleaved timing: every provider is sampled in turn, so that a slow moment hits them all. */
import { performance } from 'node:perf_hooks';

import type { Tensor } from '@tensorflow/tfjs-core';

import * as tf from '../src/index';

/** Percentiles of a call's time, in microseconds. */
export interface Microseconds {
  p20: number;
  median: number;
  p80: number;
}

/** Queues one call; the result is disposed of by the caller. */
export type Call = () => Tensor;

const SAMPLES = 21;
/** Calls before the first sample take this long: JavaScript and TensorFlow compile as they go. */
const WARM_UP_MS = 400;
/** A sample takes at least this long, so that the clock and the wait at its end do not count. */
const SAMPLE_MS = 5;

/** Waits for the device: reads one element, which no queued work can overtake. */
function wait(result: Tensor): void {
  tf.tidy(() => result.flatten().slice(0, 1).dataSync());
}

/** Milliseconds of `calls` calls, the wait for the last included. */
function sample(call: Call, calls: number): number {
  const start = performance.now();
  for (let i = 1; i < calls; i++) call().dispose();
  const last = call();
  wait(last);
  const elapsed = performance.now() - start;
  last.dispose();
  return elapsed;
}

function callsPerSample(call: Call): number {
  const end = performance.now() + WARM_UP_MS;
  let fastest = sample(call, 1);
  while (performance.now() < end) fastest = Math.min(fastest, sample(call, 5) / 5);
  return Math.max(1, Math.ceil(SAMPLE_MS / fastest));
}

function percentile(sorted: number[], fraction: number): number {
  return sorted[Math.round(fraction * (sorted.length - 1))];
}

/** Times every call of `calls`, by name. */
export function measure<Name extends string>(
  calls: Record<Name, Call>,
): Record<Name, Microseconds> {
  const names = Object.keys(calls) as Name[];
  const counts = new Map(names.map((name) => [name, callsPerSample(calls[name])]));
  const times = new Map(names.map((name) => [name, [] as number[]]));
  for (let i = 0; i < SAMPLES; i++) {
    for (const name of names) {
      const count = counts.get(name)!;
      times.get(name)!.push((1000 * sample(calls[name], count)) / count);
    }
  }
  const result = {} as Record<Name, Microseconds>;
  for (const name of names) {
    const sorted = times.get(name)!.sort((a, b) => a - b);
    result[name] = {
      p20: percentile(sorted, 0.2),
      median: percentile(sorted, 0.5),
      p80: percentile(sorted, 0.8),
    };
  }
  return result;
}
