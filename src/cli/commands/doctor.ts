/** npx tfjs-qutlass doctor: what is there, what is missing, and what mends it. */
import { resolve } from 'node:path';

import type { Command } from '../arguments';
import { canRun } from '../doctor/check';
import { runChecks } from '../doctor/checks';
import { gatherFacts } from '../doctor/facts';
import { jsonReport, textReport } from '../doctor/report';

export const doctor: Command = {
  name: 'doctor',
  summary: 'report what is there, what is missing, and the command that mends it',
  description: `Looks at Node, TensorFlow.js, libtensorflow, the GPU and its driver, the tools, the addon and the
kernels, by trying them out. Exit status 0 only if quantized models run.`,
  options: {
    json: { description: 'for programs: {"ok": boolean, "checks": [...]}' },
    project: { value: 'DIR', default: '.', description: 'the folder of the project' },
  },

  async run({ json, project }) {
    const checks = runChecks(await gatherFacts(resolve(String(project))));
    console.log(json === true ? jsonReport(checks) : textReport(checks));
    return canRun(checks) ? 0 : 1;
  },
};
