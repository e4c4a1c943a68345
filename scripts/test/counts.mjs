/**
 * How many checks a stage made, read from what its tools print.
 *
 * @typedef {{passed: number, failed: number, skipped: number}} Counts
 * @typedef {{ok: boolean, output: string}} Outcome Whether its commands ended well, and what they
 *   printed.
 */

/** @type {Counts} */
export const NOTHING = { passed: 0, failed: 0, skipped: 0 };

/** @type {(a: Counts, b: Counts) => Counts} */
export function add(a, b) {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** @type {(total: number, failed: number, skipped: number) => Counts} */
function fromTotal(total, failed, skipped) {
  return { passed: total - failed - skipped, failed, skipped };
}

/**
 * A tool that finds faults or none: one check.
 *
 * @type {(outcome: Outcome) => Counts}
 */
export function oneCheck({ ok }) {
  return fromTotal(1, ok ? 0 : 1, 0);
}

/**
 * '361 specs, 1 failure, 1 pending spec'
 *
 * @type {(outcome: Outcome) => Counts}
 */
export function jasmineCounts({ output }) {
  const summary = /^(\d+) specs?, (\d+) failures?(?:, (\d+) pending specs?)?$/m.exec(output);
  if (summary === null) return NOTHING;
  const [total, failed, skipped] = summary.slice(1).map((count) => Number(count ?? 0));
  return fromTotal(total, failed, skipped);
}

/**
 * 'Executed 178 of 180 (1 FAILED) (skipped 2) (3.7 secs / 3.5 secs)', after it has run 178 of 180,
 * again and again: the last one counts.
 *
 * @type {(outcome: Outcome) => Counts}
 */
export function karmaCounts({ output }) {
  const summary = output.match(/Executed \d+ of \d+.*$/gm)?.at(-1);
  if (summary === undefined) return NOTHING;
  /** @param {RegExp} pattern */
  const count = (pattern) => Number(pattern.exec(summary)?.[1] ?? 0);
  return fromTotal(count(/of (\d+)/), count(/\((\d+) FAILED\)/), count(/\(skipped (\d+)\)/));
}

/**
 * '92% tests passed, 2 tests failed out of 26', where those that were skipped count as passed and
 * are listed: '3 - cpu.pack.avx512vnni (Skipped)'. Where none failed, a new ctest leaves them out:
 * '100% tests passed out of 31'.
 *
 * @type {(outcome: Outcome) => Counts}
 */
export function ctestCounts({ output }) {
  const summary = /tests passed(?:, (\d+) tests failed)? out of (\d+)/.exec(output);
  if (summary === null) return NOTHING;
  const skipped = output.match(/^\s*\d+ - \S+ \(Skipped\)$/gm)?.length ?? 0;
  return fromTotal(Number(summary[2]), Number(summary[1] ?? 0), skipped);
}
