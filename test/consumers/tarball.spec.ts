/** What the tarball holds: all that is needed, and nothing else. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';

import { type PackedPackage, packedPackage } from './package';
import { Project } from './project';

/** Every file is one of these. */
const ALLOWED = [
  /^((native\/)?package\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
  /^dist\/[\w/-]+\.(js|js\.map|d\.ts)$/,
  /^dist\/(browser\.mjs|tfjs-qutlass\.min\.js)(\.map)?$/,
  /^native\/(addon|cpu|cuda|include|tensorflow)\/[\w/]+\.(cc|cu|cuh|h)$/,
  /^native\/(\w+\/)*CMakeLists\.txt$/,
];
/** The command `bench` is part of the package, other benchmarks are not. */
const FORBIDDEN = /(^|\/)(test|tests|spec)(\/|\.)|(^|native\/)bench\/|\.spec\.|tsbuildinfo/;
const MAX_UNPACKED_BYTES = 5.5e6;

const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare'];

interface Manifest {
  main: string;
  types: string;
  browser: string;
  unpkg: string;
  jsdelivr: string;
  bin: Record<string, string>;
  exports: unknown;
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
}

/** The paths within a value of package.json: the leaves of an exports map, for one. */
function pathsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : [];
}

describe('the tarball', () => {
  let packed: PackedPackage;
  let project: Project;
  let manifest: Manifest;
  const installed = (file: string) => project.path('node_modules', 'tfjs-qutlass', file);

  beforeAll(() => {
    packed = packedPackage();
    project = new Project().install(packed).link(['node-addon-api']);
    manifest = JSON.parse(readFileSync(installed('package.json'), 'utf8')) as Manifest;
  });
  afterAll(() => project.remove());

  it('holds only what is on the list', () => {
    const unexpected = packed.files.filter(
      (file) => FORBIDDEN.test(file) || !ALLOWED.some((pattern) => pattern.test(file)),
    );
    expect(unexpected).toEqual([]);
    expect(packed.unpackedBytes).toBeLessThan(MAX_UNPACKED_BYTES);
  });

  it('holds every file that package.json names', () => {
    const { main, types, browser, unpkg, jsdelivr, bin, exports } = manifest;
    const named = pathsIn([main, types, browser, unpkg, jsdelivr, bin, exports]);
    const wanted = [...named, 'README.md', 'CHANGELOG.md', 'LICENSE'];
    expect(wanted.filter((file) => !existsSync(installed(file)))).toEqual([]);
  });

  it('installs without scripts', () => {
    expect(INSTALL_SCRIPTS.filter((name) => name in manifest.scripts)).toEqual([]);
  });

  it('requires only packages that package.json names', () => {
    const named = { ...manifest.dependencies, ...manifest.peerDependencies };
    const required = packed.files
      .filter((file) => /^dist\/.*\.m?js$/.test(file) && !file.includes('tfjs-qutlass'))
      .flatMap((file) => [
        ...readFileSync(installed(file), 'utf8').matchAll(
          /(?:require\(|from )["']([^."'][^"']*)["']/g,
        ),
      ])
      .map(([, name]) => name);
    expect(required).toContain('@tensorflow/tfjs-core');
    const own = 'tfjs-qutlass'; // in the examples of comments
    const unnamed = required.filter((name) => !isBuiltin(name) && !(name in named) && name !== own);
    expect([...new Set(unnamed)]).toEqual([]);
  });

  it('has a command line that Node runs', () => {
    expect(readFileSync(installed(manifest.bin['tfjs-qutlass']), 'utf8')).toMatch(
      /^#!\/usr\/bin\/env node\n/,
    );
  });

  it("holds all of the addon's sources", () => {
    const options = ['-DQUTLASS_ADDON=ON', '-DQUTLASS_CUDA=OFF'];
    const folders = ['-S', installed('native'), '-B', project.path('build')];
    expect(() => execFileSync('cmake', [...folders, ...options], { stdio: 'pipe' })).not.toThrow();
  });
});
