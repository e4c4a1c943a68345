/**
 * `npm test`: every check of the project, a stage a line, and at the end the sum of all counts.
 *
 *   npm test                           every stage but those that need a GPU
 *   npm test -- --only specs,native    the stages of those names
 *   npm run test:gpu                   those that need a GPU: --only gpu
 *
 * The exit status is 1 where something failed, or where a stage ran no test.
 */
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';

import { runStages } from './test/run_stages.mjs';
import { DEFAULT_STAGES, needsGpu, STAGES } from './test/stages.mjs';

function refuse(message) {
  console.error(message);
  process.exit(2);
}

/** The stages of a name, or of all names that begin with it: 'gpu' is 'gpu-native' and more. */
function stagesNamed(name) {
  const stages = STAGES.filter((stage) => stage.name === name || stage.name.startsWith(`${name}-`));
  const known = STAGES.map((stage) => stage.name).join(', ');
  return stages.length > 0 ? stages : refuse(`no stage is named '${name}'; there are: ${known}`);
}

function parseOptions() {
  try {
    return parseArgs({ options: { only: { type: 'string' } } }).values;
  } catch (error) {
    return refuse(error.message);
  }
}

function selectedStages() {
  const { only } = parseOptions();
  return only === undefined ? DEFAULT_STAGES : only.split(',').flatMap(stagesNamed);
}

/** How many stages run at a time: with more than two, they would only wait for each other. */
function laneCount(stages) {
  return stages.some(needsGpu) ? 1 : Math.min(2, availableParallelism());
}

const stages = selectedStages();
await runStages(stages, laneCount(stages));
