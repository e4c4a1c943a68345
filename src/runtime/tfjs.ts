/**
 * Finds the tfjs that the user's program runs: the package it has loaded already, else the most
 * capable one that is installed.
 */
import { normalize } from 'node:path';

import { type LoadAttempt, QutlassLoadError } from './errors';

/** A tfjs package's exports. tfjs-node's are those of tfjs with `node` and more of `io`. */
export type Tfjs = typeof import('@tensorflow/tfjs') & { node?: unknown };

export interface UserTfjs {
  packageName: string;
  exports: Tfjs;
}

interface TfjsPackage {
  name: string;
  /** Its main module, in its folder. */
  main: string;
}

/** Most capable first; each loads those after it that it builds on. */
const PACKAGES: TfjsPackage[] = [
  { name: '@tensorflow/tfjs-node-gpu', main: 'dist/index.js' },
  { name: '@tensorflow/tfjs-node', main: 'dist/index.js' },
  { name: '@tensorflow/tfjs', main: 'dist/tf.node.js' },
];

/** The exports of every tfjs package that this process has loaded, most capable first. */
export function loadedTfjs(): UserTfjs[] {
  const modules = Object.entries(require.cache);
  return PACKAGES.flatMap(({ name, main }) => {
    const ending = normalize(`/${name}/${main}`);
    return modules
      .filter(([file, module]) => file.endsWith(ending) && module?.loaded)
      .map(([, module]) => ({ packageName: name, exports: module?.exports as Tfjs }));
  });
}

function resolve(packageName: string): string | undefined {
  try {
    return require.resolve(packageName, { paths: [__dirname, process.cwd()] });
  } catch {
    return undefined;
  }
}

function loadInstalled(): UserTfjs {
  const attempts: LoadAttempt[] = [];
  for (const { name: packageName } of PACKAGES) {
    const file = resolve(packageName);
    if (file === undefined) {
      attempts.push({ path: packageName, reason: 'not installed' });
      continue;
    }
    try {
      return { packageName, exports: require(file) as Tfjs };
    } catch (error) {
      attempts.push({ path: file, reason: (error as Error).message });
      throw new QutlassLoadError({
        code: 'TFJS_LOAD_FAILED',
        message: `${packageName} is installed but cannot be loaded`,
        attempts,
        remedy: 'npx tfjs-qutlass setup',
      });
    }
  }
  throw new QutlassLoadError({
    code: 'TFJS_NOT_FOUND',
    message: 'no TensorFlow.js is installed',
    attempts,
    remedy: 'npm install --ignore-scripts @tensorflow/tfjs-node@4.22.0 && npx tfjs-qutlass setup',
  });
}

/** The tfjs the program uses. Throws QutlassLoadError where there is none that loads. */
export function userTfjs(): UserTfjs {
  return loadedTfjs()[0] ?? loadInstalled();
}
