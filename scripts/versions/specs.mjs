/** The specs of the tensorflow backend, as stages that differ in what they run on. */
import { join } from 'node:path';
import process from 'node:process';

import { root } from '../bootstrap/root.mjs';
import { jasmineCounts } from '../test/counts.mjs';
import { runStages } from '../test/run_stages.mjs';

const SPECS = 'test/{ops,layers,tensorflow}/**/*.spec.ts';

const jasmine = join(root, 'node_modules', 'jasmine', 'bin', 'jasmine.js');

/**
 * @param {object} options
 * @param {string} options.name 'node 24.21.0'
 * @param {string} options.node The Node to run.
 * @param {string[]} options.expectation A program, and its arguments, that fails where the specs
 *   would not run on what they are meant to.
 * @param {Record<string, string>} [options.env]
 * @returns {import('../test/stages.mjs').Stage}
 */
export function specsStage({ name, node, expectation, env }) {
  const tsx = [node, '--import', 'tsx'];
  return {
    name,
    what: 'specs on tensorflow',
    commands: () => [
      [...tsx, ...expectation],
      [...tsx, jasmine, '--config=test/jasmine.json', SPECS],
    ],
    count: jasmineCounts,
    env,
  };
}

/** Runs stages one after the other; the exit status is 1 where one failed. */
export async function runInTurn(stages) {
  process.chdir(root);
  await runStages(stages, 1);
}
