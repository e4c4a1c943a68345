/** Finds the CUDA compiler. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import { cachedNvcc } from './cuda_wheels';

export interface Nvcc {
  path: string;
  /** '13.0.88' */
  version: string;
  /** For people: 'CUDA_HOME', 'the PATH'. */
  origin: string;
}

/** Where nvcc may be, in the order of preference: what the user has said, then what there is. */
function candidates(env: NodeJS.ProcessEnv): Pick<Nvcc, 'path' | 'origin'>[] {
  const onPath = (program: string, origin: string) =>
    (env.PATH ?? '').split(delimiter).map((folder) => ({ path: join(folder, program), origin }));
  const named = env.CUDACXX ?? '';
  return [
    ...(named.includes('/') ? [{ path: named, origin: 'CUDACXX' }] : []),
    ...(named !== '' && !named.includes('/') ? onPath(named, 'CUDACXX') : []),
    ...(env.CUDA_HOME ? [{ path: join(env.CUDA_HOME, 'bin', 'nvcc'), origin: 'CUDA_HOME' }] : []),
    ...onPath('nvcc', 'the PATH'),
    { path: '/usr/local/cuda/bin/nvcc', origin: '/usr/local/cuda' },
    { path: cachedNvcc(), origin: 'PyPI' },
  ];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Undefined where it does not run. */
function versionOf(nvcc: string): string | undefined {
  const { stdout } = spawnSync(nvcc, ['--version'], { encoding: 'utf8' });
  return stdout?.match(/\bV(\d+\.\d+\.\d+)/)?.[1];
}

/** The CUDA compiler that a build would use; undefined where there is none that runs. */
export function findNvcc(env: NodeJS.ProcessEnv = process.env): Nvcc | undefined {
  for (const { path, origin } of candidates(env)) {
    const version = isExecutable(path) ? versionOf(path) : undefined;
    if (version !== undefined) return { path, version, origin };
  }
  return undefined;
}
