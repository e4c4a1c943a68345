import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { csvOf } from '../../../src/cli/bench/csv';
import { makeProviders } from '../../../src/cli/bench/providers';
import { appendResults, measurementOf, readResults } from '../../../src/cli/bench/results';
import { layerTable, speedUps } from '../../../src/cli/bench/table';
import { temporaryFolder } from '../../support/temporary_folder';
import { result, resultsAt } from './results';

describe("the benchmark's results", () => {
  const folder = temporaryFolder();
  const file = () => join(folder(), 'results.jsonl');

  it('count operations and bytes', () => {
    const [int4a4] = makeProviders(['int4a4-noquant'], { groupSize: 128, hadamardSizes: [] });
    const shape = { model: 'a', tp: 1, layer: 'b', n: 1000, k: 200 };
    const timing = { us: { p20: 1, median: 2, p80: 3 }, cold: true, maxRelativeError: 0.1 };
    const { tflops, gbps, provider, cold } = measurementOf(int4a4, shape, 10, timing);
    expect([provider, cold]).toEqual(['int4a4-noquant', true]);
    expect(tflops).toBeCloseTo(2, 12); // 4e6 operations in 2 us
    expect(gbps).toBeCloseTo((100_000 + 1000 + 40_000) / 2000, 12);
  });

  it('are read as they were written, the last of each kind', () => {
    const [first, second] = resultsAt([1, 2], 3);
    appendResults(file(), [first, second]);
    const again = { ...second, us: { p20: 1, median: 2, p80: 3 } };
    appendResults(file(), [again]);
    expect(readFileSync(file(), 'utf8').split('\n').length).toBe(4);
    expect(readResults(file())).toEqual([first, again]);
  });

  it('name the line that is none', () => {
    appendResults(file(), [result()]);
    for (const line of ['{"provider": "int8"', '{"provider": "int8", "m": 1}', 'null']) {
      writeFileSync(file(), `${JSON.stringify(result())}\n${line}\n`);
      expect(() => readResults(file())).toThrowError(/results\.jsonl:2 is no result: /);
    }
  });

  it('are compared with the float32 product of their cell', () => {
    const results = [...resultsAt([1, 2], 3), ...resultsAt([1], 5, 'o'), result({ m: 64 })];
    const speedUp = speedUps(results);
    expect(results.map(speedUp)).toEqual([1, 3, 1, 3, 1, 5, undefined]);
    // Weights that are cold are another cell.
    expect(speedUp(result({ m: 1, cold: true }))).toBeUndefined();
  });

  it('are a table a layer, as wide as the terminal', () => {
    const rows = [...resultsAt([1, 16], 2.5), result({ m: 1, provider: 'int4', median: 5000 })];
    const table = layerTable(rows, 100);
    expect(table[0]).toMatch(/^ M +tfjs-float32 +int8 +int4$/);
    expect(table[2]).toMatch(/^ 1 +250 us 0\.0000 TFLOP\/s +100 us 2\.50x +5\.0 ms 0\.05x$/);
    expect(table[3]).toMatch(/^16 .* 1\.6 ms 2\.50x +-$/);
    const narrow = layerTable(rows, 50);
    expect(narrow.every((line) => line.length <= 50)).toBeTrue();
    expect(narrow.filter((line) => line.startsWith(' M'))).toEqual([
      jasmine.stringMatching(/tfjs-float32 +int8$/),
      jasmine.stringMatching(/int4$/),
    ]);
  });

  it('are comma-separated values, quoted where they must be', () => {
    const csv = csvOf([result({ device: 'one "fast", new' }), ...resultsAt([2], 4)]);
    const [heading, first, second, third, end] = csv.split('\n');
    expect(heading).toMatch(/^provider,model,tp,layer,m,n,k,group,hadamard,cold,us_p20,us_median/);
    expect(first).toContain(',"one ""fast"", new",');
    expect(third.split(',')[heading.split(',').indexOf('times_faster_than_float32')]).toBe('4');
    expect(second.split(',').length).toBe(heading.split(',').length);
    expect(end).toBe('');
  });
});
