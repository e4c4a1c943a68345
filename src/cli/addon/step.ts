/** The step that builds the native addon. */
import { copyFileSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

import { probe } from '../probe/probe';
import { PREREQUISITES, type Prerequisite } from '../steps/prerequisites';
import type { Step } from '../steps/run_steps';
import { writeFileAtomically } from '../steps/stamp';
import { StepError } from '../steps/step_error';
import {
  type BuildOptions,
  type BuildRecord,
  addonPath,
  readRecord,
  recordPath,
  sourcesHash,
} from './built';
import { compileAddon } from './compile';
import { type Nvcc, findNvcc } from './cuda_toolkit';
import { installCudaWheels } from './cuda_wheels';

export interface AddonStepOptions extends BuildOptions {
  /** Get the CUDA compiler from PyPI where the machine has none. */
  withNvcc: boolean;
  force?: boolean;
}

/** Throws a StepError where CUDA is wanted and there is no compiler for it. */
function chooseNvcc({ cuda }: BuildOptions): Nvcc | undefined {
  if (cuda === 'off') return undefined;
  const nvcc = findNvcc();
  if (nvcc === undefined && cuda === 'on') {
    throw new StepError('no nvcc in CUDACXX, CUDA_HOME, the PATH or /usr/local/cuda', {
      remedy: 'npx tfjs-qutlass build --with-nvcc',
    });
  }
  return nvcc;
}

function record(options: BuildOptions, nvcc: Nvcc | undefined): BuildRecord {
  const { cuda, architectures } = options;
  return {
    sources: sourcesHash(),
    cuda,
    architectures: nvcc === undefined ? '' : architectures,
    nvcc: nvcc === undefined ? null : `${nvcc.path} ${nvcc.version}`,
  };
}

async function checkThatItLoads(file: string): Promise<void> {
  const finding = (await probe(['addon'], { addonPath: file })).finding('addon');
  if ('error' in finding) {
    throw new StepError('the addon was built, but does not load', {
      output: finding.error.message,
    });
  }
}

/** By renaming: a process that has the old addon loaded keeps it. */
function install(built: string, buildRecord: BuildRecord): void {
  const partial = `${addonPath()}.${process.pid}`;
  mkdirSync(dirname(partial), { recursive: true });
  rmSync(recordPath(), { force: true });
  copyFileSync(built, partial);
  renameSync(partial, addonPath());
  writeFileAtomically(recordPath(), `${JSON.stringify(buildRecord, null, 2)}\n`);
}

function needs({ withNvcc, cuda }: AddonStepOptions): Prerequisite[] {
  const { compiler, cmake, makeOrNinja, pip } = PREREQUISITES;
  const pipForNvcc = withNvcc && cuda !== 'off' && findNvcc() === undefined;
  return [compiler, cmake, makeOrNinja, ...(pipForNvcc ? [pip] : [])];
}

/** Builds what `npx tfjs-qutlass build` is asked for. */
export function addonStep(options: AddonStepOptions): Step {
  return {
    id: 'addon',
    label: () => 'native addon',
    needs: () => needs(options),
    isDone() {
      if (options.force) return false;
      const wanted = record(options, options.cuda === 'off' ? undefined : findNvcc());
      const satisfiable = wanted.nvcc !== null || (options.cuda !== 'on' && !options.withNvcc);
      return satisfiable && JSON.stringify(readRecord()) === JSON.stringify(wanted);
    },
    async run(context) {
      if (process.platform !== 'linux') {
        throw new StepError(`the native addon runs on Linux, this is ${process.platform}`, {
          remedy: "use plain tfjs: the kernels of its 'cpu' backend need no addon",
        });
      }
      if (options.withNvcc && findNvcc() === undefined) await installCudaWheels(context);
      const nvcc = chooseNvcc(options);
      const buildRecord = record(options, nvcc);
      const built = await compileAddon(nvcc, options.architectures, context);
      context.progress.phase('try it out');
      await checkThatItLoads(built);
      install(built, buildRecord);
      return nvcc === undefined ? 'CPU kernels only' : `with CUDA ${nvcc.version}`;
    },
  };
}

/**
 * Brings the addon up to date with its sources, the way it was built last: in the package's own
 * clone, before tests and demos. An addon with other options is left as it is.
 */
export function upToDateAddonStep(): Step {
  const { cuda = 'auto', architectures = '' } = readRecord() ?? {};
  return {
    ...addonStep({ cuda, architectures, withNvcc: false }),
    isDone: () => readRecord()?.sources === sourcesHash(),
  };
}
