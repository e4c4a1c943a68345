/** The counts of `npm test`, read from what the tools print. */
type Counts = typeof import('../../scripts/test/counts.mjs', {
  with: { 'resolution-mode': 'import' },
});

describe('the counts of npm test', () => {
  let counts: Counts;
  const of = (output: string, ok = true) => ({ output, ok });

  beforeAll(async () => {
    counts = await import('../../scripts/test/counts.mjs');
  });

  it('reads jasmine', () => {
    const { jasmineCounts } = counts;
    expect(jasmineCounts(of('\n361 specs, 1 failure, 2 pending specs\nFinished'))).toEqual({
      passed: 358,
      failed: 1,
      skipped: 2,
    });
    expect(jasmineCounts(of('1 spec, 0 failures\n'))).toEqual({ passed: 1, failed: 0, skipped: 0 });
    expect(jasmineCounts(of('Segmentation fault'))).toEqual(counts.NOTHING);
  });

  it('reads karma, whose last summary counts', () => {
    const { karmaCounts } = counts;
    const output = `Chrome: Executed 3 of 9 SUCCESS (0.1 secs / 0 secs)
Chrome: Executed 8 of 9 (2 FAILED) (skipped 1) (3.7 secs / 3.5 secs)\n`;
    expect(karmaCounts(of(output))).toEqual({ passed: 6, failed: 2, skipped: 1 });
    expect(karmaCounts(of('Cannot start ChromeHeadless'))).toEqual(counts.NOTHING);
  });

  it('reads ctest, which counts the skipped as passed', () => {
    const output = `92% tests passed, 2 tests failed out of 26

The following tests did not run:
\t  3 - cpu.pack.avx512vnni (Skipped)
\t  6 - cpu.quantize.avx512vnni (Skipped)

The following tests FAILED:
\t 13 - cpu.matmul_int4.scalar (SEGFAULT)
\t 14 - cpu.matmul_int4.avx2 (Failed)\n`;
    expect(counts.ctestCounts(of(output, false))).toEqual({ passed: 22, failed: 2, skipped: 2 });
    expect(counts.ctestCounts(of('100% tests passed out of 31'))).toEqual({
      passed: 31,
      failed: 0,
      skipped: 0,
    });
    expect(counts.ctestCounts(of('No tests were found!!!'))).toEqual(counts.NOTHING);
  });

  it('takes a tool that finds faults or none for one check', () => {
    expect(counts.oneCheck(of('')).passed).toBe(1);
    expect(counts.oneCheck(of('3 problems', false)).failed).toBe(1);
  });

  it('adds up', () => {
    const some = { passed: 1, failed: 2, skipped: 3 };
    expect(counts.add(some, counts.add(some, counts.NOTHING))).toEqual({
      passed: 2,
      failed: 4,
      skipped: 6,
    });
  });
});
