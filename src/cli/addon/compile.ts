/** Compiles the addon with cmake-js, in a build tree that later builds reuse. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';

import { packageRoot } from '../../runtime/package_root';
import { runCommand } from '../steps/run_command';
import type { StepContext } from '../steps/run_steps';
import { readStamp, writeFileAtomically } from '../steps/stamp';
import { buildFolder } from './built';
import type { Nvcc } from './cuda_toolkit';

/** Ninja says [3/28], make [ 10%]. */
const NINJA_COUNT = /\[(\d+)\/(\d+)\]/g;
const MAKE_PERCENT = /\[\s*(\d+)%\]/g;
const PERCENT = 100;

function percentBuilt(logFile: string): number {
  const log = readFileSync(logFile, 'utf8');
  const ninja = [...log.matchAll(NINJA_COUNT)].pop();
  if (ninja) return Math.round((PERCENT * Number(ninja[1])) / Number(ninja[2]));
  return Number([...log.matchAll(MAKE_PERCENT)].pop()?.[1] ?? 0);
}

function cmakeJs(): string {
  return join(dirname(require.resolve('cmake-js/package.json')), 'bin', 'cmake-js');
}

function definitions(nvcc: Nvcc | undefined, architectures: string): string[] {
  return [
    'QUTLASS_ADDON=ON',
    `QUTLASS_CUDA=${nvcc === undefined ? 'OFF' : 'ON'}`,
    ...(architectures === '' ? [] : [`QUTLASS_CUDA_ARCHITECTURES=${architectures}`]),
  ];
}

/** CMake keeps what it was first told: other options, another compiler or CMake need a new tree. */
function prepareTree(tree: string, key: string): void {
  const keyFile = join(tree, 'options.json');
  if (readStamp(keyFile) === key) return;
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  writeFileAtomically(keyFile, key);
}

/**
 * Answers the path of the addon in its build tree. Rejects with a StepError.
 *
 * @param nvcc The CUDA compiler; undefined for CPU kernels only.
 * @param architectures GPU architectures in CMake's notation; empty for the default ones.
 */
export async function compileAddon(
  nvcc: Nvcc | undefined,
  architectures: string,
  { progress, logFile }: StepContext,
): Promise<string> {
  const tree = join(buildFolder(), 'addon');
  const defined = definitions(nvcc, architectures);
  const key = [...defined, nvcc?.path, nvcc?.version, process.env.CXX, process.env.CC];
  prepareTree(tree, JSON.stringify([...key, packageRoot()]));

  const common = ['--directory', join(packageRoot(), 'native'), '--out', tree];
  const options = {
    cwd: packageRoot(),
    env: { ...process.env, ...(nvcc && { CUDACXX: nvcc.path }) },
    logFile,
    failure: 'the addon does not build',
    remedy: nvcc && 'npx tfjs-qutlass build --cuda off builds it without CUDA',
  };
  progress.phase('configure');
  const configure = [...common, ...defined.map((definition) => `--CD${definition}`)];
  await runCommand(process.execPath, [cmakeJs(), 'configure', ...configure], options);
  progress.count('compile', PERCENT, () => percentBuilt(logFile));
  const build = [...common, '--target', 'addon', '--parallel', String(availableParallelism())];
  await runCommand(process.execPath, [cmakeJs(), 'build', ...build], options);
  return join(tree, 'Release', 'qutlass.node');
}
