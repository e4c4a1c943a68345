/** The steps that the command line has too: libtensorflow and the addon, loaded out of dist/. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import prerequisites from '../../src/cli/steps/prerequisites.js';
import { root } from './root.mjs';

const { compiler, cmake, make, pip } = prerequisites.PREREQUISITES;

const require = createRequire(import.meta.url);
const cli = join(root, 'dist', 'cli');

/**
 * A step that `create` makes of a compiled module. As long as it cannot (nothing is compiled, or the
 * packages are missing) it is not done, and needs what it would in the worst case.
 */
function compiledStep(id, module, worstCaseNeeds, create) {
  const load = () =>
    existsSync(join(cli, module)) ? create(require(join(cli, module))) : undefined;
  return {
    id,
    label: () => load().label(),
    needs: () => load()?.needs() ?? worstCaseNeeds,
    isDone: () => load()?.isDone() ?? false,
    run: (context) => load().run(context),
  };
}

function createTensorflowStep({ tensorflowStep }) {
  const { findTfjsNode } = require(join(cli, 'tensorflow', 'tfjs_node_package.js'));
  const tfjsNode = findTfjsNode(root, false);
  return tfjsNode && tensorflowStep(tfjsNode);
}

export const compiledSteps = [
  compiledStep(
    'libtensorflow',
    join('tensorflow', 'step.js'),
    [pip, compiler, make],
    createTensorflowStep,
  ),
  compiledStep('addon', join('addon', 'step.js'), [compiler, cmake, make], (module) =>
    module.upToDateAddonStep(),
  ),
];
