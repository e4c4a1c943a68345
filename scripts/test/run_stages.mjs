/** Runs stages, reports each, and ends with the sum of their counts. */
import process from 'node:process';

import { add, NOTHING } from './counts.mjs';
import { describeCounts, report } from './report.mjs';
import { runStage } from './run_stage.mjs';
import { StatusLine } from './status_line.mjs';

/**
 * Starts the stages in their order, as many at a time as there are lanes. The exit status of this
 * process becomes 1 where one fails.
 *
 * @param {import('./stages.mjs').Stage[]} stages
 * @param {number} lanes
 */
export async function runStages(stages, lanes) {
  const waiting = [...stages];
  const status = new StatusLine();
  let total = NOTHING;
  const runLane = async () => {
    for (let stage = waiting.shift(); stage !== undefined; stage = waiting.shift()) {
      status.add(stage.name);
      const result = await runStage(stage);
      status.remove(stage.name);
      report(stage, result);
      total = add(total, result.counts);
    }
  };
  await Promise.all(Array.from({ length: lanes }, runLane));
  status.end();
  console.log(describeCounts(total));
  if (total.failed > 0) process.exitCode = 1;
}
