import { int4RowScheme, int8RowScheme } from '../../../src/kernels/cpu/range_quantizer';

// The figures of docs/quantization.md.

/** Where the density is below 1e-43. */
const FURTHEST = 14;

function density(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/** ∫ (x - level)² φ(x) dx from `from` to `to`, by Simpson's rule with `count` intervals. */
function errorAround(level: number, from: number, to: number, count: number): number {
  const h = (to - from) / count;
  let sum = 0;
  for (let i = 0; i <= count; i++) {
    const x = from + i * h;
    const weight = i === 0 || i === count ? 1 : 2 + 2 * (i % 2);
    sum += weight * (x - level) ** 2 * density(x);
  }
  return (sum * h) / 3;
}

/** The mean square error of a standard normal value that goes to the nearest of these levels. */
function distortion(levels: number, limit: number): number {
  const step = (2 * limit) / (levels - 1);
  // The density is symmetric: twice the half above 0.
  let sum = 0;
  for (let i = Math.floor(levels / 2); i < levels; i++) {
    const level = -limit + i * step;
    const from = Math.max(level - step / 2, 0);
    sum +=
      i === levels - 1
        ? errorAround(level, from, FURTHEST, 4096)
        : errorAround(level, from, level + step / 2, 64);
  }
  return 2 * sum;
}

/** The limit of the least distortion, by golden section. */
function bestLimit(levels: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [1, 6];
  while (high - low > 1e-6) {
    const [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
    if (distortion(levels, left) < distortion(levels, right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}

/** By how much more than the least `limit` distorts, as a part of it. */
function excess(levels: number, limit: number): number {
  return distortion(levels, limit) / distortion(levels, bestLimit(levels)) - 1;
}

const int4 = int4RowScheme('quest').questMultiple;
const int8 = int8RowScheme(true, 'quest').questMultiple;

describe('The limit of least distortion of a normal value', () => {
  it('is known for 3 and 4 levels', () => {
    // Max, "Quantizing for minimum distortion", 1960, table II: steps of 1.2240 and 0.9957.
    expect(bestLimit(3)).toBeCloseTo(1.224, 3);
    expect(bestLimit(4)).toBeCloseTo(1.5 * 0.9957, 3);
  });

  it('is that of quest in int4 for 16 levels, and 2.47388 for the 15 there are', () => {
    expect(bestLimit(16)).toBeCloseTo(2.514, 4);
    expect(Math.abs(bestLimit(16) - int4)).toBeLessThan(1e-4);
    expect(distortion(16, int4)).toBeCloseTo(0.011543, 6);
    expect(excess(16, int4)).toBeCloseTo(0, 6);
    expect(bestLimit(15)).toBeCloseTo(2.47388, 5);
    expect(distortion(15, bestLimit(15))).toBeCloseTo(0.012889, 6);
    expect(distortion(15, int4)).toBeCloseTo(0.012912, 6);
    expect(excess(15, int4)).toBeCloseTo(0.0018, 4);
  });

  it('is 3.9205 for the 255 levels of int8, and that of quest for 235', () => {
    expect(bestLimit(255)).toBeCloseTo(3.9205, 4);
    expect(distortion(255, bestLimit(255))).toBeCloseTo(8.8308e-5, 9);
    expect(bestLimit(256)).toBeCloseTo(3.9222, 4);
    expect(distortion(256, bestLimit(256))).toBeCloseTo(8.7686e-5, 9);
    expect(distortion(256, int8)).toBeCloseTo(8.7822e-5, 9);
    expect(excess(256, int8)).toBeCloseTo(0.0015, 4);
    expect(Math.abs(bestLimit(235) - int8)).toBeLessThan(2e-4);
    expect(distortion(255, int8)).toBeCloseTo(8.8432e-5, 9);
    expect(excess(255, int8)).toBeCloseTo(0.0014, 4);
  });
});
