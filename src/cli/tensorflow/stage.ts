/**
 * A copy of the tfjs-node package beside it, in which its libraries are put together and tried out;
 * what is finished is then renamed into the package. An interrupted set-up leaves the package as it
 * was, and at most such a copy, which the next one takes away.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { onInterrupt } from '../steps/interrupt';
import { isRunning } from '../steps/lock';

/** What set-up makes: libtensorflow with its headers, and the binding. Nothing else is moved. */
const PRODUCTS = ['lib', 'deps'];
const NOT_COPIED = [...PRODUCTS, 'build', 'node_modules'];

/** npm passes over names in node_modules that begin with a dot. */
function stagePrefix(packageFolder: string): string {
  return `.${basename(packageFolder)}-setup-`;
}

function removeAbandonedStages(packageFolder: string): void {
  const prefix = stagePrefix(packageFolder);
  const parent = dirname(packageFolder);
  for (const name of readdirSync(parent)) {
    if (name.startsWith(prefix) && !isRunning(Number(name.slice(prefix.length)))) {
      rmSync(join(parent, name), { recursive: true, force: true });
    }
  }
}

function copyPackage(packageFolder: string, stage: string): void {
  mkdirSync(stage);
  for (const name of readdirSync(packageFolder)) {
    if (!NOT_COPIED.includes(name)) {
      cpSync(join(packageFolder, name), join(stage, name), { recursive: true });
    }
  }
  const nested = join(packageFolder, 'node_modules');
  if (existsSync(nested)) symlinkSync(nested, join(stage, 'node_modules'));
}

/** Runs `task` on a copy of the package without its libraries; the copy is gone afterwards. */
export async function withStage<T>(
  packageFolder: string,
  task: (stage: string) => Promise<T>,
): Promise<T> {
  removeAbandonedStages(packageFolder);
  const stage = join(dirname(packageFolder), `${stagePrefix(packageFolder)}${process.pid}`);
  const remove = () => rmSync(stage, { recursive: true, force: true });
  return onInterrupt(remove, async () => {
    try {
      copyPackage(packageFolder, stage);
      return await task(stage);
    } finally {
      remove();
    }
  });
}

/** Empties the stage of what a source has left there. */
export function clearStage(stage: string): void {
  for (const product of PRODUCTS) rmSync(join(stage, product), { recursive: true, force: true });
}

/** Moves the finished libraries from the stage into the package; the old ones go with the stage. */
export function commitStage(stage: string, packageFolder: string): void {
  for (const product of PRODUCTS) {
    const target = join(packageFolder, product);
    if (existsSync(target)) renameSync(target, join(stage, `replaced-${product}`));
    renameSync(join(stage, product), target);
  }
}
