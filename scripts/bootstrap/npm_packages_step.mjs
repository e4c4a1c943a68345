/** npm's packages, exactly those of the lock file. No script of theirs is run. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { runCommand } from '../../src/cli/steps/run_command.js';
import { root } from './root.mjs';

/** The packages of a lock file that this machine must have, and their versions. */
function lockedPackages(file) {
  const { packages } = JSON.parse(readFileSync(join(root, file), 'utf8'));
  return Object.entries(packages).filter(([folder]) => folder !== '');
}

/** npm writes this file once an installation is complete. */
function installedVersions() {
  try {
    const packages = lockedPackages('node_modules/.package-lock.json');
    return new Map(packages.map(([folder, { version }]) => [folder, version]));
  } catch {
    return new Map();
  }
}

/** An optional package may be absent: it is for another system. */
function isInstalled([folder, { version, optional, devOptional }], installed) {
  if (!installed.has(folder)) return Boolean(optional || devOptional);
  return installed.get(folder) === version;
}

function countInstalled(packages) {
  return packages.filter(([folder]) => existsSync(join(root, folder, 'package.json'))).length;
}

/** The npm that runs this script, else the one on the PATH. */
function npmCommand() {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('.js') ? [process.execPath, cli] : ['npm'];
}

export const npmPackagesStep = {
  id: 'npm',
  label: () => `npm packages (${lockedPackages('package-lock.json').length})`,
  needs: () => [],
  isDone() {
    const installed = installedVersions();
    return lockedPackages('package-lock.json').every((entry) => isInstalled(entry, installed));
  },
  async run({ progress, logFile }) {
    const packages = lockedPackages('package-lock.json');
    progress.count('install', packages.length, () => countInstalled(packages));
    const [command, ...args] = npmCommand();
    await runCommand(command, [...args, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: root,
      logFile,
      failure: 'npm ci fails',
      remedy: 'check the network and the registry (npm config get registry)',
    });
  },
};
