/**
 * Everything that a fresh clone lacks, before a test or a demo: npm's packages, the compiled
 * TypeScript, libtensorflow, the native addon. What is done is skipped; where all is, this takes a
 * fraction of a second and says nothing.
 *
 *   node scripts/bootstrap.mjs
 *
 * It starts without a single package: what it imports at once is plain JavaScript of its own, the
 * steps of the command line are loaded once they are compiled.
 */
import process from 'node:process';

import prerequisites from '../src/cli/steps/prerequisites.js';
import { runSteps } from '../src/cli/steps/run_steps.js';
import { StepError } from '../src/cli/steps/step_error.js';
import { compiledSteps } from './bootstrap/compiled_steps.mjs';
import { npmPackagesStep } from './bootstrap/npm_packages_step.mjs';
import { root, workFolder } from './bootstrap/root.mjs';
import { typescriptStep } from './bootstrap/typescript_step.mjs';

const LOWEST_NODE = '20.17.0';

function checkNode() {
  const { node } = process.versions;
  if (prerequisites.isAtLeast(node, LOWEST_NODE)) return;
  throw new StepError(
    `Node ${LOWEST_NODE} or newer is needed, this is ${node} (${process.execPath})`,
  );
}

process.chdir(root);
try {
  checkNode();
  await runSteps([npmPackagesStep, typescriptStep, ...compiledSteps], { workFolder });
} catch (error) {
  // Not by instanceof: the compiled steps throw dist/'s copy of the class.
  if (error.name !== 'StepError') throw error;
  console.error(error.describe());
  process.exitCode = 1;
}
