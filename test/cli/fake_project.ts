/**
 * A project with a stand-in for @tensorflow/tfjs-node: it "runs" once its libraries are there. Its
 * own installer, and a Python for PyPI's way, do what a spec tells them.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { write, writeProgram } from '../support/temporary_folder';

const BINDING = 'lib/napi-v8/tfjs_binding.node';
const LIBRARY = 'deps/lib/libtensorflow.so.2';

const MAIN = `
const { readFileSync } = require('node:fs');
const read = (name) => readFileSync(__dirname + '/../' + name, 'utf8');
if (read('${LIBRARY}') !== 'library' || read('${BINDING}') !== 'binding') throw new Error('broken');
exports.tensor2d = (values) => values;
exports.matMul = () => ({ dataSync: () => [19, 22, 43, 50] });
exports.backend = () => ({ binding: { TF_Version: '2.9.1' }, isUsingGpuDevice: false });
`;

const INSTALLER = `
const { mkdirSync, writeFileSync } = require('node:fs');
mkdirSync('deps/lib', { recursive: true });
writeFileSync('${LIBRARY}', 'library');
mkdirSync('lib/napi-v8', { recursive: true });
writeFileSync('${BINDING}', process.env.FAKE_BINDING ?? 'binding');
`;

/** Downloads half a wheel, says so, and waits. */
const HANGING_PIP = `
case "$*" in *--version*) exit 0 ;; esac
printf half > "$TMPDIR/half.whl"
echo $$ > "$FAKE_PIP_PID"
echo "Downloading half.whl"
exec sleep 60`;

export class FakeProject {
  readonly tfjsNode: string;

  constructor(readonly folder: string) {
    const modules = join(folder, 'node_modules');
    this.tfjsNode = join(modules, '@tensorflow', 'tfjs-node');
    const manifest = { name: '@tensorflow/tfjs-node', version: '4.22.0', main: 'dist/index.js' };
    write(join(folder, 'package.json'), '{}');
    write(join(this.tfjsNode, 'package.json'), JSON.stringify(manifest));
    write(join(this.tfjsNode, 'dist', 'index.js'), MAIN);
    write(join(this.tfjsNode, 'scripts', 'install.js'), INSTALLER);
    write(join(modules, '@mapbox', 'node-pre-gyp', 'package.json'), '{}');
  }

  /** Puts a Python that hangs in a download before the others on the PATH. */
  hangingPip(): NodeJS.ProcessEnv {
    const bin = join(this.folder, 'bin');
    writeProgram(join(bin, 'python3'), HANGING_PIP);
    return { PATH: `${bin}:${process.env.PATH}`, FAKE_PIP_PID: this.#pipPidFile };
  }

  /** Resolves with the process of the download once half of it is there. */
  async pipPid(): Promise<number> {
    while (!existsSync(this.#pipPidFile) || readFileSync(this.#pipPidFile, 'utf8') === '') {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return Number(readFileSync(this.#pipPidFile, 'utf8'));
  }

  get #pipPidFile(): string {
    return join(this.folder, 'pip.pid');
  }

  /** What is in the package's folder. */
  contents(): string[] {
    return readdirSync(this.tfjsNode).sort();
  }

  /** What lies beside the package. */
  neighbours(): string[] {
    return readdirSync(join(this.tfjsNode, '..')).filter((name) => name !== 'tfjs-node');
  }
}
