/** Other versions of Node, from the packages on npm that carry its binary. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';

import { runCommand } from '../../src/cli/steps/run_command.js';
import { workFolder } from '../bootstrap/root.mjs';

/** Answers the path of that Node, which is brought into build/ where it is missing. */
export async function nodeBinary(version) {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(workFolder, 'node', version);
  const binary = join(folder, 'node_modules', name, 'bin', 'node');
  if (existsSync(binary)) return binary;
  const partial = `${folder}.${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    const options = ['--ignore-scripts', '--no-save', '--no-audit', '--no-fund'];
    await runCommand('npm', ['install', '--prefix', partial, ...options, `${name}@${version}`], {
      logFile: join(workFolder, 'logs', `node-${version}.log`),
      failure: `npm cannot get ${name} ${version}`,
      remedy: 'check the network and the registry (npm config get registry)',
    });
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return binary;
}
