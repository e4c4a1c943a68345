/** A folder that is there whole or not at all. */
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { onInterrupt } from '../steps/interrupt';
import { StepError } from '../steps/step_error';

/** Throws a StepError where writing there would destroy anything but, with `force`, a model. */
export function checkTarget(path: string, force: boolean): void {
  const entries = entriesOf(path);
  if (entries.length === 0) return;
  if (!force) {
    throw new StepError(`${path} has files`, { remedy: '--force replaces the model there' });
  }
  const foreign = entries.find((name) => name !== 'model.json' && !name.endsWith('.bin'));
  if (foreign !== undefined) {
    throw new StepError(`${path} has '${foreign}', which is no part of a model`, {
      remedy: 'name another folder',
    });
  }
}

/** Empty where there is nothing. Throws a StepError where it is no folder. */
function entriesOf(path: string): string[] {
  try {
    return existsSync(path) ? readdirSync(path) : [];
  } catch (error) {
    throw new StepError(`${path} is no folder to write to: ${(error as Error).message}`);
  }
}

/**
 * Lets `fill` write into a new folder beside `path`, then puts it in place. What goes wrong, an
 * interruption too, leaves all as it was. Rejects with a StepError.
 */
export async function writeFolder(
  path: string,
  force: boolean,
  fill: (folder: string) => Promise<unknown>,
): Promise<void> {
  const target = existsSync(path) ? realpathSync(path) : resolve(path);
  const partial = `${target}.partial-${process.pid}`;
  const removePartial = () => {
    if (existsSync(partial)) rmSync(partial, { recursive: true, force: true });
  };
  try {
    mkdirSync(dirname(target), { recursive: true });
    mkdirSync(partial);
    await onInterrupt(removePartial, () => fill(partial));
    checkTarget(path, force); // again: it may have been made meanwhile
    putInPlace(partial, target);
  } catch (error) {
    if (error instanceof StepError) throw error;
    throw new StepError(`cannot write ${path}: ${(error as Error).message}`);
  } finally {
    removePartial();
  }
}

function putInPlace(partial: string, target: string): void {
  const replaced = `${target}.replaced-${process.pid}`;
  const isReplacing = existsSync(target);
  if (isReplacing) renameSync(target, replaced);
  try {
    renameSync(partial, target);
  } catch (error) {
    if (isReplacing) renameSync(replaced, target);
    throw error;
  }
  if (isReplacing) rmSync(replaced, { recursive: true });
}
