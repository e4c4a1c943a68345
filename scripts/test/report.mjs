/** The lines that `npm test` prints. */

/** @type {(counts: import('./counts.mjs').Counts) => string} */
export function describeCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** A stage's own, in another form than the sum: that stands in one line only. */
function describeStage({ passed, failed, skipped }) {
  return `${passed} of ${passed + failed}${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** What tools say of tests that they skipped, and why. */
function skips(output) {
  const jasmine = [...output.matchAll(/^\d+\) (.+)\n {2}(?!Message:)(.+)$/gm)];
  const ctest = [...output.matchAll(/^\s*\d+ - (\S+) \(Skipped\)$/gm)];
  return [
    ...jasmine.map(([, name, reason]) => `${name}: ${reason}`),
    ...ctest.map(([, name]) => `${name}: skipped`),
  ];
}

const indented = (text) => text.trimEnd().replace(/^/gm, '    ');

/** One line for the stage, one for each test it skipped, and where it failed the reason. */
export function report({ name, what }, { counts, seconds, output, lastOutput }) {
  const mark = counts.failed > 0 ? 'FAILED' : 'ok';
  const time = `${seconds.toFixed(1)} s`;
  console.log(
    `${mark.padEnd(7)}${name.padEnd(13)}${time.padStart(8)}  ${what}: ${describeStage(counts)}`,
  );
  for (const skip of skips(output)) console.log(`    ${skip}`);
  if (counts.failed > 0) console.log(indented(lastOutput));
}
