/** The tfjs-node package of a project: where it is and what it is for. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { StepError } from '../steps/step_error';

const CPU_PACKAGE = '@tensorflow/tfjs-node';
const GPU_PACKAGE = '@tensorflow/tfjs-node-gpu';
/** The release whose binding is known to build and run with the libtensorflow that is pinned. */
const TFJS_VERSION = '4.22.0';

export interface TfjsNodePackage {
  name: string;
  version: string;
  folder: string;
  gpu: boolean;
}

function findPackage(name: string, project: string): TfjsNodePackage | undefined {
  try {
    const manifest = createRequire(join(project, 'package.json')).resolve(`${name}/package.json`);
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    return { name, version, folder: dirname(manifest), gpu: name === GPU_PACKAGE };
  } catch {
    return undefined;
  }
}

/**
 * What to type where the package is missing; without --ignore-scripts its own installer would run
 * first, and take the package away where it fails.
 */
export function installCommand(gpu: boolean): string {
  return `npm install --ignore-scripts ${gpu ? GPU_PACKAGE : CPU_PACKAGE}@${TFJS_VERSION}`;
}

/**
 * The tfjs-node package that the project would load; undefined where there is none.
 *
 * @param project The folder of the project, or any in it.
 * @param gpu Whether it must be tfjs-node-gpu. Else tfjs-node comes first.
 */
export function findTfjsNode(project: string, gpu: boolean): TfjsNodePackage | undefined {
  const names = gpu ? [GPU_PACKAGE] : [CPU_PACKAGE, GPU_PACKAGE];
  for (const name of names) {
    const found = findPackage(name, project);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The same. Throws a StepError that says how to install one. */
export function requireTfjsNode(project: string, gpu: boolean): TfjsNodePackage {
  const found = findTfjsNode(project, gpu);
  if (found !== undefined) return found;
  throw new StepError(`${gpu ? GPU_PACKAGE : CPU_PACKAGE} is not installed in ${project}`, {
    remedy: installCommand(gpu),
  });
}
