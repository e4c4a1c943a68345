/**
 * The stages of `npm test`, in the order in which they start: the longest first, for others run beside
 * it.
 *
 * @typedef {object} Stage
 * @property {string} name As `--only` takes it.
 * @property {string} what For people.
 * @property {() => string[][]} commands Asked when the stage runs: a machine for some stages need
 *   not have the tools of the others.
 * @property {(outcome: import('./counts.mjs').Outcome) => import('./counts.mjs').Counts} count
 * @property {Record<string, string>} [env] Added to the environment.
 */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';

import { root } from '../bootstrap/root.mjs';
import { ctestCounts, jasmineCounts, karmaCounts, oneCheck } from './counts.mjs';

const require = createRequire(import.meta.url);

/** The command of a package's program: its file, which starts sooner than through npx. */
function program(packageName, name = packageName) {
  const manifest = join(root, 'node_modules', packageName, 'package.json');
  const { bin } = require(manifest);
  return [process.execPath, join(dirname(manifest), typeof bin === 'string' ? bin : bin[name])];
}

function jasmine(...args) {
  const [node, file] = program('jasmine');
  return [node, '--import', 'tsx', file, ...args];
}

/** Configures, builds and runs the native tests in a folder of build/. */
function nativeTests(folder, options, tests = []) {
  const build = join('build', folder);
  const jobs = String(availableParallelism());
  return [
    ['cmake', '-S', 'native', '-B', build, '-DQUTLASS_TESTS=ON', ...options],
    ['cmake', '--build', build, '--parallel', jobs],
    ['ctest', '--test-dir', build, '--output-on-failure', '--no-tests=error', ...tests],
  ];
}

/** CMake puts the emulator before the tests that it adds; none is an empty one. */
function cudaTests(emulator, tests) {
  const options = ['-DQUTLASS_CUDA=ON', `-DCMAKE_CROSSCOMPILING_EMULATOR=${emulator.join(';')}`];
  return nativeTests('native-cuda', options, tests);
}

const MEMCHECK = ['compute-sanitizer', '--tool', 'memcheck', '--error-exitcode', '1'];

const NATIVE_SOURCES = 'native/**/*.{cc,cu,cuh,h}';

/** @type {Stage[]} */
export const STAGES = [
  {
    name: 'specs',
    what: 'specs in Node, on cpu and tensorflow',
    commands: () => [jasmine('--config=test/jasmine.json')],
    count: jasmineCounts,
  },
  {
    name: 'native',
    what: 'kernels on the CPU; where there is nvcc, what it makes of those for the GPU',
    commands: () => nativeTests('native', ['-DQUTLASS_CUDA=AUTO'], ['--label-exclude', '^gpu$']),
    count: ctestCounts,
  },
  {
    name: 'types',
    what: 'tsc',
    commands: () => [[...program('typescript', 'tsc'), '--project', 'test']],
    count: oneCheck,
  },
  {
    name: 'lint',
    what: 'eslint',
    commands: () => [[...program('eslint'), '--max-warnings=0', '.']],
    count: oneCheck,
  },
  {
    name: 'format',
    what: 'prettier and clang-format',
    commands: () => [
      [...program('prettier'), '--check', '--log-level=warn', '.'],
      [...program('clang-format'), '--dry-run', '-Werror', `--glob=${NATIVE_SOURCES}`],
    ],
    count: oneCheck,
  },
  {
    name: 'browser',
    what: 'specs in Chromium',
    commands: () => [[...program('karma'), 'start', '--no-colors']],
    count: karmaCounts,
  },
  {
    name: 'consumers',
    what: 'programs with the packed package',
    commands: () => [jasmine('--helper=test/support/patience.ts', 'test/consumers/*.spec.ts')],
    count: jasmineCounts,
  },
  {
    name: 'gpu-native',
    what: 'kernels on the GPU',
    commands: () => cudaTests([]),
    count: ctestCounts,
  },
  {
    name: 'gpu-memcheck',
    what: 'kernels on the GPU, every access checked',
    commands: () => cudaTests(MEMCHECK, ['--label-regex', '^gpu$']),
    count: ctestCounts,
  },
  {
    name: 'gpu-specs',
    what: 'specs in Node, on the GPU',
    commands: () => [
      [process.execPath, '--import', 'tsx', 'scripts/test/expect_gpu.ts'],
      jasmine('--config=test/jasmine.json'),
    ],
    count: jasmineCounts,
  },
];

/** There is one GPU, and these stages share a build: one of them at a time. */
export const needsGpu = ({ name }) => name.startsWith('gpu-');

export const DEFAULT_STAGES = STAGES.filter((stage) => !needsGpu(stage));
