/**
 * `npm run test:tensorflow-versions`: the specs of the tensorflow backend, with one and the same
 * qutlass.node and tfjs_binding.node, on the TensorFlow that is set up and on 2.10.
 *
 * The binding names its libraries and looks for them in deps/lib last: LD_LIBRARY_PATH puts others
 * before those.
 */
import process from 'node:process';

import { TENSORFLOW_VERSION } from '../dist/cli/tensorflow/wheels.js';
import prerequisites from '../src/cli/steps/prerequisites.js';
import { runInTurn, specsStage } from './versions/specs.mjs';
import { VERSION, tensorflow210 } from './versions/tensorflow_2_10.mjs';

function stage(version, env) {
  return specsStage({
    name: `tf-${version}`,
    node: process.execPath,
    expectation: ['scripts/versions/expect_versions.ts', process.versions.node, version],
    env,
  });
}

/** The stage on 2.10; none, and a line that says why, where it cannot be had. */
async function oldTensorflowStages() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    console.log(`skipped tf-${VERSION}: there is none for ${process.platform} ${process.arch}`);
    return [];
  }
  if (!prerequisites.onPath('mvn')) {
    console.log(`skipped tf-${VERSION}: no mvn on the PATH; install maven, then run this again`);
    return [];
  }
  return [stage(VERSION, { LD_LIBRARY_PATH: await tensorflow210() })];
}

try {
  await runInTurn([stage(TENSORFLOW_VERSION), ...(await oldTensorflowStages())]);
} catch (error) {
  if (error.name !== 'StepError') throw error;
  console.error(error.describe());
  process.exitCode = 1;
}
