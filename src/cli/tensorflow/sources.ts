/**
 * Where a tfjs-node package can get its libraries from. A source fills deps/ and lib/ of the
 * package's stage.
 *
 * PyPI comes first: its TensorFlow is pinned by hash, is the same release with and without a GPU, and
 * its GPU build runs on CUDA 12. tfjs-node's own installer brings TensorFlow 2.9 without a hash,
 * whose GPU build needs CUDA 11.2; it serves where PyPI has no wheel (macOS, Windows) or cannot be
 * reached.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

import { checkFreeSpace, folderBytes } from '../files';
import { downloadWheels } from '../pip';
import { PREREQUISITES, type Prerequisite } from '../steps/prerequisites';
import { runCommand } from '../steps/run_command';
import type { StepContext } from '../steps/run_steps';
import { StepError } from '../steps/step_error';
import { buildBinding, nodeDirectory } from './build_binding';
import type { TfjsNodePackage } from './tfjs_node_package';
import { unpackWheel } from './unpack_wheel';
import { TENSORFLOW_VERSION, type TensorflowWheel, tensorflowWheel } from './wheels';

const INSTALLER_PATIENCE_MS = 10_000;
const POLL_MS = 100;
/** Headers, objects of the binding, the copy of the package. */
const SLACK_BYTES = 50_000_000;

export type SourceName = 'pypi' | 'tfjs';

export interface Source {
  name: SourceName;
  /** For people. */
  title: string;
  build?: string;
  /** Of TensorFlow, where it is known beforehand. */
  version?: string;
  /** Of the download, where it is known beforehand. */
  bytes?: number;
  needs: readonly Prerequisite[];
  /** Rejects with a StepError. */
  provide(stage: string, context: StepContext): Promise<void>;
}

async function provideFromPypi(
  wheel: TensorflowWheel,
  stage: string,
  context: StepContext,
): Promise<void> {
  checkFreeSpace(stage, wheel.bytes + wheel.libraryBytes + SLACK_BYTES);
  const download = join(stage, 'download');
  const deps = join(stage, 'deps');
  context.progress.bytes('download', wheel.bytes, () => folderBytes(download));
  await downloadWheels([wheel], {
    target: wheel.target,
    folder: download,
    logFile: context.logFile,
  });
  mkdirSync(deps);
  await unpackWheel(wheel, download, deps, context);
  rmSync(download, { recursive: true });
  await buildBinding(stage, context);
}

/** Aborts the installer where nothing arrives: it would wait for ever. */
function giveUpOnStandstill(deps: string): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  const started = Date.now();
  const timer = setInterval(() => {
    if (folderBytes(deps) > 0) clearInterval(timer);
    else if (Date.now() - started > INSTALLER_PATIENCE_MS) controller.abort();
  }, POLL_MS);
  return { signal: controller.signal, stop: () => clearInterval(timer) };
}

/**
 * What npm would have given the installer: the program node-pre-gyp on its PATH; and Node's headers,
 * should it have to build the binding.
 */
function installerEnvironment(stage: string): NodeJS.ProcessEnv {
  const manifest = createRequire(join(stage, 'package.json')).resolve(
    '@mapbox/node-pre-gyp/package.json',
  );
  const programs = join(dirname(manifest), 'bin');
  return {
    npm_config_nodedir: nodeDirectory(),
    ...process.env,
    PATH: [programs, process.env.PATH].join(delimiter),
  };
}

async function provideFromTfjs(
  gpu: boolean,
  stage: string,
  { progress, logFile }: StepContext,
): Promise<void> {
  const deps = join(stage, 'deps');
  progress.phase("tfjs-node's installer");
  const { signal, stop } = giveUpOnStandstill(deps);
  try {
    await runCommand(process.execPath, ['scripts/install.js', gpu ? 'gpu' : 'cpu', 'download'], {
      cwd: stage,
      env: installerEnvironment(stage),
      logFile,
      failure: "tfjs-node's own installer fails",
      signal,
    });
  } finally {
    stop();
  }
  if (!existsSync(join(stage, 'lib'))) {
    throw new StepError("tfjs-node's own installer ended without a binding", { logFile });
  }
}

function pypiSource(gpu: boolean): Source | undefined {
  const wheel = tensorflowWheel(gpu);
  return (
    wheel && {
      name: 'pypi',
      title: `PyPI (${wheel.requirement})`,
      build: wheel.build,
      version: TENSORFLOW_VERSION,
      bytes: wheel.bytes,
      needs: [PREREQUISITES.pip, PREREQUISITES.compiler, PREREQUISITES.make],
      provide: (stage, context) => provideFromPypi(wheel, stage, context),
    }
  );
}

function tfjsSource(gpu: boolean): Source {
  return {
    name: 'tfjs',
    title: "tfjs-node's own installer",
    needs: [],
    provide: (stage, context) => provideFromTfjs(gpu, stage, context),
  };
}

/** What there is for this package on this machine, best first. Throws a StepError for none. */
export function sourcesFor({ gpu, name }: TfjsNodePackage, only?: SourceName): Source[] {
  const all = [pypiSource(gpu), tfjsSource(gpu)].filter((source) => source !== undefined);
  const chosen = all.filter((source) => only === undefined || source.name === only);
  if (chosen.length === 0) {
    throw new StepError(
      `PyPI has no libtensorflow for ${name} on ${process.platform} ${process.arch}`,
      { remedy: 'npx tfjs-qutlass setup --from tfjs' },
    );
  }
  return chosen;
}
