/** Two files of results, cell by cell. */
import { type Result, resultKey } from './results';
import { geometricMean } from './statistics';
import { unique } from './unique';

/** The same measurement in both. */
export interface Pair {
  a: Result;
  b: Result;
  /** How many times faster b is. */
  ratio: number;
  isRegression: boolean;
}

export interface Comparison {
  pairs: Pair[];
  /** Measurements that only one file has. */
  onlyA: number;
  onlyB: number;
}

/**
 * Whether b is slower by more than the tolerance, and not by chance: noise moves a median within the
 * range of its samples, so their middle parts must lie apart as well.
 */
function isRegression(a: Result, b: Result, tolerance: number): boolean {
  return b.us.median > a.us.median * (1 + tolerance) && b.us.p20 > a.us.p80;
}

export function compareResults(
  a: readonly Result[],
  b: readonly Result[],
  tolerance: number,
): Comparison {
  const others = new Map(b.map((result) => [resultKey(result), result]));
  const pairs = a.flatMap((result): Pair[] => {
    const other = others.get(resultKey(result));
    if (other === undefined) return [];
    const ratio = result.us.median / other.us.median;
    return [{ a: result, b: other, ratio, isRegression: isRegression(result, other, tolerance) }];
  });
  return { pairs, onlyA: a.length - pairs.length, onlyB: b.length - pairs.length };
}

export interface ProviderRatios {
  provider: string;
  cells: number;
  mean: number;
  least: Pair;
  regressions: number;
}

/** Over all cells of each provider. */
export function ratiosByProvider({ pairs }: Comparison): ProviderRatios[] {
  return unique(pairs.map(({ a }) => a.provider)).map((provider) => {
    const own = pairs.filter(({ a }) => a.provider === provider);
    return {
      provider,
      cells: own.length,
      mean: geometricMean(own.map(({ ratio }) => ratio)),
      least: own.reduce((least, pair) => (pair.ratio < least.ratio ? pair : least)),
      regressions: own.filter((pair) => pair.isRegression).length,
    };
  });
}
