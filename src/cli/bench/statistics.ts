/** What is made of samples. */

/** Percentiles of a call's time, in microseconds. */
export interface Microseconds {
  p20: number;
  median: number;
  p80: number;
}

function percentile(sorted: number[], fraction: number): number {
  return sorted[Math.round(fraction * (sorted.length - 1))];
}

/** Of at least one sample. */
export function percentilesOf(samples: readonly number[]): Microseconds {
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    p20: percentile(sorted, 0.2),
    median: percentile(sorted, 0.5),
    p80: percentile(sorted, 0.8),
  };
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
