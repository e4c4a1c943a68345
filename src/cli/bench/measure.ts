/** Interleaved timing: every provider is sampled in turn, so that a slow moment hits them all. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import { rest } from './rest';
import { type Microseconds, percentilesOf } from './statistics';

/** What is called again and again. */
export interface Callable {
  /** Makes one call, or queues it; its result is let go of. */
  call(): void | Promise<void>;
  /** Waits for what has been queued. */
  settle(): void;
}

/** Makes so many calls, and resolves when the last is done. */
export type Calls = (count: number) => void | Promise<void>;

/** How much is measured. */
export interface Effort {
  mostSamples: number;
  leastSamples: number;
  /** Samples end when a provider has taken so long. */
  providerMs: number;
  /** Calls before the first sample take this long: JavaScript and TensorFlow compile as they go. */
  warmUpMs: number;
  /** A sample takes at least this long, so that the clock and the wait at its end do not count. */
  sampleMs: number;
  /** The longest wait before a sample for the threads of the provider before it to rest. */
  restMs: number;
}

/** Calls that take longer need not be waken: what that saves is nothing to them. */
const LONG_CALL_MS = 200;

/**
 * Calls before a sample take at least this long: a processor that has rested is slower at first, and
 * rests are of different lengths.
 */
const WAKING_MS = 20;

export function callsOf(callable: Callable): Calls {
  return async (count) => {
    for (let i = 0; i < count; i++) {
      const done = callable.call();
      if (done) await done;
    }
    callable.settle();
  };
}

/** Milliseconds of `count` calls. */
async function sample(calls: Calls, count: number): Promise<number> {
  const start = performance.now();
  const done = calls(count);
  if (done) await done;
  return performance.now() - start;
}

/** The shortest time of a call, in milliseconds. */
async function warmUp(calls: Calls, { warmUpMs }: Effort): Promise<number> {
  const end = performance.now() + warmUpMs;
  let fastest = await sample(calls, 1);
  while (performance.now() < end) fastest = Math.min(fastest, (await sample(calls, 5)) / 5);
  return fastest;
}

/** One provider's samples so far. */
class Samples {
  private readonly us: number[] = [];
  private readonly count: number;
  private readonly wakingCalls: number;
  private spentMs = 0;

  constructor(
    private readonly calls: Calls,
    callMs: number,
    private readonly effort: Effort,
  ) {
    this.count = Math.max(1, Math.ceil(effort.sampleMs / callMs));
    this.wakingCalls = callMs > LONG_CALL_MS ? 0 : Math.max(2, Math.ceil(WAKING_MS / callMs));
  }

  async add(): Promise<void> {
    const { mostSamples, leastSamples, providerMs, restMs } = this.effort;
    if (this.us.length >= mostSamples) return;
    if (this.us.length >= leastSamples && this.spentMs >= providerMs) return;
    await rest(restMs);
    // Wakes the processor and this provider's threads, and its weights are in the cache.
    if (this.wakingCalls > 0) await sample(this.calls, this.wakingCalls);
    const ms = await sample(this.calls, this.count);
    this.spentMs += ms;
    this.us.push((1000 * ms) / this.count);
  }

  percentiles(): Microseconds {
    return percentilesOf(this.us);
  }
}

/** Times every entry of `providers`, by name. Rejects as soon as it can where `signal` says so. */
export async function measure<Name extends string>(
  providers: Record<Name, Calls>,
  effort: Effort,
  signal?: AbortSignal,
): Promise<Record<Name, Microseconds>> {
  const names = Object.keys(providers) as Name[];
  const samples = {} as Record<Name, Samples>;
  const breathe = async () => {
    await sleep(0); // in which a signal arrives, and progress is drawn
    signal?.throwIfAborted();
  };
  for (const name of names) {
    await breathe();
    samples[name] = new Samples(providers[name], await warmUp(providers[name], effort), effort);
  }
  for (let i = 0; i < effort.mostSamples; i++) {
    for (const name of names) {
      await breathe();
      await samples[name].add();
    }
  }
  const result = {} as Record<Name, Microseconds>;
  for (const name of names) result[name] = samples[name].percentiles();
  return result;
}
