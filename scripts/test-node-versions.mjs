/**
 * `npm run test:node-versions`: the specs of the tensorflow backend on each version of Node that is
 * supported. One build of tfjs-node's binding and of the addon serves all: both are Node-API.
 */
import process from 'node:process';

import { nodeBinary } from './versions/node_binary.mjs';
import { runInTurn, specsStage } from './versions/specs.mjs';

const VERSIONS = ['20.20.2', '22.23.3', '24.21.0'];

try {
  const stages = [];
  for (const version of VERSIONS) {
    stages.push(
      specsStage({
        name: `node-${version.split('.')[0]}`,
        node: await nodeBinary(version),
        expectation: ['scripts/versions/expect_versions.ts', version],
      }),
    );
  }
  await runInTurn(stages);
} catch (error) {
  if (error.name !== 'StepError') throw error;
  console.error(error.describe());
  process.exitCode = 1;
}
