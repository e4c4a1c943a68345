/** Results for specs: made up, but for what a spec is about. */
import type { Result } from '../../../src/cli/bench/results';

export function result(
  changes: Partial<Result> & { median?: number; spread?: number } = {},
): Result {
  const { median = 100, spread = 0.01, ...others } = changes;
  const [m, n, k] = [others.m ?? 1, others.n ?? 64, others.k ?? 32];
  return {
    op: 'dense',
    provider: 'int8',
    library: 'tfjs-qutlass',
    format: 'int8',
    model: 'Qwen3-8B',
    tp: 1,
    layer: 'qkv',
    ...{ m, n, k },
    group: null,
    hadamard: null,
    cold: false,
    us: { p20: median * (1 - spread), median, p80: median * (1 + spread) },
    tflops: (2 * m * n * k) / median / 1e6,
    gbps: 1,
    maxRelativeError: 0.01,
    device: 'a processor',
    host: 'a processor, 2 processors',
    libraries: { 'tfjs-qutlass': '0.1.0', tfjs: '4.22.0' },
    commit: 'abc1234',
    command: 'npx tfjs-qutlass bench',
    ...others,
  };
}

/** float32 and int8, which is `ratio` times faster, at batch sizes. */
export function resultsAt(ms: number[], ratio: number, layer = 'qkv'): Result[] {
  return ms.flatMap((m) => [
    result({ m, layer, provider: 'tfjs-float32', format: 'float32', median: 100 * m * ratio }),
    result({ m, layer, median: 100 * m }),
  ]);
}
