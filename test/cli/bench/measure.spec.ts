import { type Effort, callsOf, measure } from '../../../src/cli/bench/measure';
import { geometricMean, percentilesOf } from '../../../src/cli/bench/statistics';

const EFFORT: Effort = {
  mostSamples: 5,
  leastSamples: 3,
  providerMs: 1000,
  warmUpMs: 0,
  sampleMs: 1,
  restMs: 0,
};

function busy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe("the benchmark's measurements", () => {
  it('are percentiles of the samples, in whatever order they come', () => {
    const samples = [50, 10, 40, 30, 20, 60];
    expect(percentilesOf(samples)).toEqual({ p20: 20, median: 40, p80: 50 });
    expect(samples[0]).toBe(50);
    expect(percentilesOf([7])).toEqual({ p20: 7, median: 7, p80: 7 });
    expect(geometricMean([2, 8])).toBeCloseTo(4, 12);
  });

  it('sample one provider after another, and tell the time of a call', async () => {
    const order: string[] = [];
    const calls = (name: string, ms: number) => (count: number) => {
      order.push(name);
      for (let i = 0; i < count; i++) busy(ms);
    };
    const times = await measure({ a: calls('a', 1.5), b: calls('b', 3) }, EFFORT);
    // Warmed up by one call; then each sample has two calls that wake before.
    const round = ['a', 'a', 'b', 'b'];
    const rounds = Array.from({ length: EFFORT.mostSamples }, () => round).flat();
    expect(order).toEqual(['a', 'b', ...rounds]);
    expect(times.a.p20).toBeGreaterThanOrEqual(1500);
    expect(times.b.p20).toBeGreaterThanOrEqual(3000);
    expect(times.b.median).toBeGreaterThanOrEqual(times.b.p20);
    expect(times.b.p80).toBeGreaterThanOrEqual(times.b.median);
  });

  it('wait once for calls that follow each other, whether these wait themselves or not', async () => {
    for (const result of [undefined, Promise.resolve()]) {
      const order: string[] = [];
      const call = () => {
        order.push('call');
        return result;
      };
      await callsOf({ call, settle: () => order.push('settle') })(3);
      expect(order).toEqual(['call', 'call', 'call', 'settle']);
    }
  });

  it('take fewer samples of a slow provider', async () => {
    let samples = 0;
    const slow = () => {
      samples++;
      busy(2);
    };
    await measure({ slow }, { ...EFFORT, providerMs: 1 });
    expect(samples).toBe(1 + 2 * EFFORT.leastSamples);
  });

  it('end where they are told to', async () => {
    const controller = new AbortController();
    let samples = 0;
    const calls = () => {
      if (++samples === 3) controller.abort(new Error('enough'));
    };
    await expectAsync(measure({ calls }, EFFORT, controller.signal)).toBeRejectedWithError(
      'enough',
    );
    expect(samples).toBeLessThanOrEqual(4);
  });
});
