/** npx tfjs-qutlass setup: a working tfjs-node or tfjs-node-gpu for the user's project. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Command } from '../arguments';
import { addonPath, buildFolder } from '../addon/built';
import { runSteps } from '../steps/run_steps';
import { readPrepared } from '../tensorflow/prepared';
import type { SourceName } from '../tensorflow/sources';
import { tensorflowStep } from '../tensorflow/step';
import { requireTfjsNode } from '../tensorflow/tfjs_node_package';

export const setup: Command = {
  name: 'setup',
  summary: 'give this project a tfjs-node or tfjs-node-gpu that works',
  description: `Puts libtensorflow and the binding to it into the @tensorflow/tfjs-node (or -gpu) of the
project in this folder, and tries them out. What works already is left alone.`,
  options: {
    gpu: { description: 'prepare @tensorflow/tfjs-node-gpu; its TensorFlow is for CUDA 12' },
    from: {
      value: 'auto|pypi|tfjs',
      default: 'auto',
      description: "where libtensorflow comes from: PyPI, or tfjs-node's own installer",
    },
    force: { description: 'do it anew, even if it works' },
    project: { value: 'DIR', default: '.', description: 'the folder of the project' },
  },

  async run({ gpu, from, force, project }) {
    const tfjsNode = requireTfjsNode(resolve(String(project)), gpu === true);
    const step = tensorflowStep(tfjsNode, {
      from: from === 'auto' ? undefined : (from as SourceName),
      force: force === true,
    });
    await runSteps([step], { workFolder: buildFolder() });
    const prepared = readPrepared(tfjsNode.folder);
    const build = prepared?.build === undefined ? '' : ` (${prepared.build})`;
    console.log(
      `${tfjsNode.name} ${tfjsNode.version} runs on libtensorflow ${prepared?.tensorflowVersion}${build}`,
    );
    if (!existsSync(addonPath())) console.log('next: npx tfjs-qutlass build');
    return 0;
  },
};
