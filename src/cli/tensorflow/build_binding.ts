/** Builds tfjs-node's binding from source, against the libtensorflow in its deps/. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { runCommand } from '../steps/run_command';
import type { StepContext } from '../steps/run_steps';
import { StepError } from '../steps/step_error';

/** The highest Node-API that tfjs-node 4.22 names; Node 12.22 and all later ones have it. */
const NODE_API = 8;

/** npm's own node-gyp: npm tells every command it runs where that is. */
function nodeGyp(): string {
  const fromNpm = process.env.npm_config_node_gyp;
  if (fromNpm !== undefined && existsSync(fromNpm)) return fromNpm;
  try {
    const command = ['exec', '--call', 'node -p process.env.npm_config_node_gyp'];
    return execFileSync('npm', command, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch (error) {
    throw new StepError(`npm does not run, and with it node-gyp: ${(error as Error).message}`, {
      remedy: 'put the npm that came with Node on the PATH',
    });
  }
}

/** Where Node's headers came with it; node-gyp would download them. */
export function nodeDirectory(): string | undefined {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? prefix : undefined;
}

/** Leaves lib/napi-v8/tfjs_binding.node in the package. Rejects with a StepError. */
export async function buildBinding(
  packageFolder: string,
  { progress, logFile }: StepContext,
): Promise<void> {
  progress.phase('build the binding');
  const nodedir = nodeDirectory();
  const args = [
    'rebuild',
    '--jobs=max',
    `--napi_build_version=${NODE_API}`,
    '--module_name=tfjs_binding',
    `--module_path=${join(packageFolder, 'lib', `napi-v${NODE_API}`)}`,
    ...(nodedir === undefined ? [] : [`--nodedir=${nodedir}`]),
  ];
  await runCommand(process.execPath, [nodeGyp(), ...args], {
    cwd: packageFolder,
    logFile,
    failure: "tfjs-node's binding does not build",
  });
}
