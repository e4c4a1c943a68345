// What set-up needs of the machine, and what to type where it is missing.

const { spawnSync } = require('node:child_process');
const { accessSync, constants } = require('node:fs');
const { delimiter, join } = require('node:path');

const { StepError } = require('./step_error');

/**
 * @typedef {'apt-get' | 'dnf' | 'zypper' | 'pacman' | 'brew'} PackageManager
 *
 * @typedef {object} Prerequisite
 * @property {string} name As people call it.
 * @property {() => string | undefined} problem Undefined where it is there.
 * @property {Record<PackageManager, string>} packages
 */

/** @type {Record<PackageManager, string>} */
const INSTALL_COMMANDS = {
  'apt-get': 'sudo apt-get install',
  dnf: 'sudo dnf install',
  zypper: 'sudo zypper install',
  pacman: 'sudo pacman -S',
  brew: 'brew install',
};

const LOWEST_CMAKE = '3.18';

/** @param {string} program */
function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * A program's output, or undefined where it is missing or fails.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {string} [input]
 */
function output(program, args, input) {
  const { status, stdout } = spawnSync(program, args, { input, encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}

/**
 * Whether a dotted version is at least another.
 *
 * @param {string} version
 * @param {string} lowest
 */
function isAtLeast(version, lowest) {
  return version.localeCompare(lowest, 'en', { numeric: true }) >= 0;
}

function compilers() {
  return process.env.CXX ? [process.env.CXX] : ['c++', 'g++', 'clang++'];
}

/** @param {string} compiler */
function compilesCpp17(compiler) {
  const program = '#include <optional>\nint main() { return std::optional<int>{0}.value(); }\n';
  return output(compiler, ['-std=c++17', '-fsyntax-only', '-x', 'c++', '-'], program) !== undefined;
}

/** @param {Omit<Record<PackageManager, string>, 'brew'> & {brew?: string}} packages */
function packageNames(packages) {
  return { brew: packages['apt-get'], ...packages };
}

const PREREQUISITES = {
  /** @type {Prerequisite} */
  pip: {
    name: 'Python 3 with pip',
    problem() {
      if (output('python3', ['-m', 'pip', '--version']) !== undefined) return undefined;
      return onPath('python3') ? 'python3 has no pip' : 'no python3 on the PATH';
    },
    packages: packageNames({
      'apt-get': 'python3-pip',
      dnf: 'python3-pip',
      zypper: 'python3-pip',
      pacman: 'python-pip',
      brew: 'python',
    }),
  },
  /** @type {Prerequisite} */
  compiler: {
    name: 'a C++17 compiler',
    problem() {
      if (compilers().some(compilesCpp17)) return undefined;
      return process.env.CXX
        ? `CXX=${process.env.CXX} does not compile C++17`
        : `none of ${compilers().join(', ')} on the PATH compiles C++17`;
    },
    packages: packageNames({ 'apt-get': 'g++', dnf: 'gcc-c++', zypper: 'gcc-c++', pacman: 'gcc' }),
  },
  /** @type {Prerequisite} */
  cmake: {
    name: `CMake ${LOWEST_CMAKE} or newer`,
    problem() {
      const version = output('cmake', ['--version'])?.match(/\d+(\.\d+)+/)?.[0];
      if (version === undefined) return 'no cmake on the PATH';
      return isAtLeast(version, LOWEST_CMAKE) ? undefined : `cmake is ${version}`;
    },
    packages: packageNames({ 'apt-get': 'cmake', dnf: 'cmake', zypper: 'cmake', pacman: 'cmake' }),
  },
  /** For node-gyp, which uses nothing else. */
  /** @type {Prerequisite} */
  make: {
    name: 'make',
    problem: () => (onPath('make') ? undefined : 'no make on the PATH'),
    packages: packageNames({ 'apt-get': 'make', dnf: 'make', zypper: 'make', pacman: 'make' }),
  },
  /** @type {Prerequisite} */
  makeOrNinja: {
    name: 'make or ninja',
    problem: () =>
      onPath('make') || onPath('ninja') ? undefined : 'neither make nor ninja on the PATH',
    packages: packageNames({ 'apt-get': 'make', dnf: 'make', zypper: 'make', pacman: 'make' }),
  },
};

/**
 * The command that installs it on this machine.
 *
 * @param {Prerequisite} prerequisite
 */
function installCommand({ packages }) {
  const managers = /** @type {PackageManager[]} */ (Object.keys(INSTALL_COMMANDS));
  const manager = managers.find(onPath);
  return manager === undefined
    ? `install the package '${packages['apt-get']}'`
    : `${INSTALL_COMMANDS[manager]} ${packages[manager]}`;
}

/**
 * Throws a StepError of one line for each that is missing, with its remedy.
 *
 * @param {Iterable<Prerequisite>} prerequisites
 */
function checkPrerequisites(prerequisites) {
  const missing = [...new Set(prerequisites)].flatMap((prerequisite) => {
    const problem = prerequisite.problem();
    const { name } = prerequisite;
    return problem === undefined
      ? []
      : [`${name} is missing (${problem}): ${installCommand(prerequisite)}`];
  });
  if (missing.length > 0) throw new StepError(missing.join('\ntfjs-qutlass: '));
}

module.exports = { PREREQUISITES, checkPrerequisites, installCommand, isAtLeast, onPath };
