/** What the steps need of a file system. */
import { readdirSync, statSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

import { megabytes } from './steps/progress';
import { StepError } from './steps/step_error';

/** The bytes of all files in a folder; 0 where it is missing. Files may vanish meanwhile. */
export function folderBytes(folder: string): number {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .map((entry) => join(folder, entry.name) + (entry.isDirectory() ? '/' : ''))
      .map((path) => (path.endsWith('/') ? folderBytes(path) : fileBytes(path)))
      .reduce((sum, bytes) => sum + bytes, 0);
  } catch {
    return 0;
  }
}

function fileBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Throws a StepError where the file system of `folder` has less room than that. */
export function checkFreeSpace(folder: string, neededBytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free < neededBytes) {
    throw new StepError(
      `${folder} has ${megabytes(free)} MB free, ${megabytes(neededBytes)} MB are needed`,
      { remedy: 'make room there' },
    );
  }
}
