import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { compareResults, ratiosByProvider } from '../../../src/cli/bench/compare';
import { type Result, appendResults } from '../../../src/cli/bench/results';
import { temporaryFolder } from '../../support/temporary_folder';
import { type Outcome, run } from '../command_line';
import { result } from './results';

describe('bench compare', () => {
  const folder = temporaryFolder();

  it('calls slower what is so by more than the tolerance and by more than chance', () => {
    const slower = (before: Result, after: Result, tolerance = 0.05) =>
      compareResults([before], [after], tolerance).pairs[0].isRegression;
    expect(slower(result({ median: 100 }), result({ median: 110 }))).toBeTrue();
    expect(slower(result({ median: 100 }), result({ median: 104 }))).toBeFalse();
    expect(slower(result({ median: 100 }), result({ median: 110 }), 0.2)).toBeFalse();
    expect(slower(result({ median: 110 }), result({ median: 100 }))).toBeFalse();
    // 90 … 110 and 99 … 121 overlap.
    const noisy = (median: number) => result({ median, spread: 0.1 });
    expect(slower(noisy(100), noisy(110))).toBeFalse();
    expect(slower(noisy(100), noisy(125))).toBeTrue();
  });

  it('takes what both have, and means over cells', () => {
    const a = [1, 2, 4].map((m) => result({ m, median: 100 }));
    const b = [1, 2].map((m) => result({ m, median: m === 1 ? 50 : 200 }));
    const comparison = compareResults(a, [...b, result({ provider: 'int4' })], 0.05);
    expect([comparison.onlyA, comparison.onlyB]).toEqual([1, 1]);
    expect(comparison.pairs.map(({ ratio }) => ratio)).toEqual([2, 0.5]);
    const [{ provider, cells, mean, least, regressions }] = ratiosByProvider(comparison);
    expect([provider, cells, least.a.m, regressions]).toEqual(['int8', 2, 2, 1]);
    expect(mean).toBeCloseTo(1, 12);
  });

  it('ends with 0, with 1 where something is slower, and with 2 where nothing is comparable', async () => {
    const file = (name: string, results: Result[]) => {
      const path = join(folder(), name);
      appendResults(path, results);
      return path;
    };
    const before = file('before.jsonl', [result({ median: 100 }), result({ m: 2 })]);
    const slow = file('slow.jsonl', [result({ median: 120 })]);
    const other = file('other.jsonl', [result({ layer: 'o' })]);
    const broken = join(folder(), 'broken.jsonl');
    writeFileSync(broken, 'no JSON\n');

    const compare = (...args: string[]) => run(['bench', 'compare', ...args]);
    const same = await compare(before, before);
    expect([same.status, same.stderr]).toEqual([0, '']);
    expect(same.stdout).toMatch(/\nint8 +2 +1\.00x +1\.00x at Qwen3-8B qkv M=1 +0\n$/);

    const regression = await compare(before, slow);
    expect([regression.status, regression.stderr]).toEqual([1, '']);
    expect(regression.stdout).toMatch(/Qwen3-8B qkv M=1 +int8 +100 us +120 us +0\.83x SLOWER\n/);
    expect(regression.stdout).toContain('not compared: 1 results that only a has');
    expect((await compare(before, slow, '--tolerance', '0.3')).status).toBe(0);

    const mistakes: [Outcome, RegExp][] = [
      [await compare(before, other), /have no cell in common/],
      [await compare(before, broken), /broken\.jsonl:1 is no result: no JSON/],
      [await compare(before, join(folder(), 'none')), /no such file/],
      [await compare(before), /bench compare: <b> is missing/],
      [await compare(before, slow, '--tolerance', '5%'), /--tolerance is '5%', expected a number/],
    ];
    for (const [{ status, stdout, stderr }, message] of mistakes) {
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(message);
      expect(stderr.trim().split('\n').length).toBe(1);
    }
  });
});
