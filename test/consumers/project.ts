/** A user's project in a folder of its own, with the packed package installed. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { type PackedPackage, repository, unpackPackage } from './package';

/** tfjs's packages that the package itself needs. */
export const PLAIN_TFJS = [
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-layers',
  '@tensorflow/tfjs-converter',
] as const;

export const TFJS_NODE = [...PLAIN_TFJS, '@tensorflow/tfjs-node'] as const;

export interface Run {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** From Node 21.3 on, tfjs's own dependencies use what Node deprecates; that is not ours to mend. */
const [major] = process.versions.node.split('.').map(Number);
const QUIET = major >= 22 ? ['--disable-warning=DeprecationWarning'] : [];

const PROGRAMS = join(__dirname, 'programs');
const ADDON = join('build', 'Release', 'qutlass.node');

export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'tfjs-qutlass-consumer-'));

  constructor() {
    cpSync(PROGRAMS, this.folder, { recursive: true });
    this.write('package.json', '{}');
  }

  /** The path of a file of the project. */
  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  write(name: string, contents: string): void {
    writeFileSync(this.path(name), contents);
  }

  /** Links packages that are installed in the repository. */
  link(packages: readonly string[]): this {
    for (const name of packages) {
      const link = this.path('node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(repository, 'node_modules', name), link);
    }
    return this;
  }

  /** Installs the packed package, for the project or for a dependency of it in `folder`. */
  install(packed: PackedPackage, folder = '.'): this {
    unpackPackage(packed, this.path(folder, 'node_modules', 'tfjs-qutlass'));
    return this;
  }

  /** Puts the repository's addon where `tfjs-qutlass build` puts it. */
  installAddon(folder = '.'): this {
    cpSync(join(repository, ADDON), this.path(folder, 'node_modules', 'tfjs-qutlass', ADDON));
    return this;
  }

  /** Runs Node on a program of the project. */
  run(...args: string[]): Run {
    return spawnSync(process.execPath, [...QUIET, ...args], {
      cwd: this.folder,
      encoding: 'utf8',
      // Without TensorFlow's own notes on the machine it finds (scripts/test/run_stage.mjs).
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        TF_CPP_MIN_LOG_LEVEL: '2',
        TF_ENABLE_ONEDNN_OPTS: '0',
      },
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
