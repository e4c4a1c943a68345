/** The packed package in programs for Node: right numbers, and nothing on stderr. */
import { cpSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { NATIVE_PRODUCT, outputOf } from './expectations';
import { packedPackage, repository } from './package';
import { PLAIN_TFJS, Project, TFJS_NODE } from './project';

interface LayerFormats {
  layers: { format: string }[];
}

describe('the packed package', () => {
  let project: Project;

  const inNewProject = (install: () => void) => {
    beforeAll(() => {
      project = new Project().install(packedPackage());
      install();
    });
    afterAll(() => project.remove());
  };

  describe('beside tfjs-node', () => {
    inNewProject(() => project.link(TFJS_NODE).installAddon());

    for (const program of ['commonjs.cjs', 'esm_default_import.mjs', 'esm_other_order.mjs']) {
      it(`runs ${program}`, () => {
        expect(outputOf(project, program)).toEqual(NATIVE_PRODUCT);
      });
    }

    it('is tfjs-node too, for esm_namespace.mjs', () => {
      expect(outputOf(project, 'esm_namespace.mjs')).toEqual({
        ...NATIVE_PRODUCT,
        fileSystem: 'function',
        node: 'object',
      });
    });

    it('has its op where a graph model is loaded, as graph_model.cjs does', () => {
      const path = join(repository, 'test/fixtures/saved_graph_models/v1/int8/model.json');
      expect(outputOf(project, 'graph_model.cjs', path)).toEqual({ shape: [2, 5], isModel: true });
    });

    it('has every name of tfjs, for esm_all_names.mjs', () => {
      expect(outputOf(project, 'esm_all_names.mjs')).toEqual({
        names: jasmine.any(Number),
        missing: [],
      });
    });

    it('may be loaded anew in one process, as loaded_twice.cjs does', () => {
      expect(outputOf(project, 'loaded_twice.cjs')).toEqual({ ...NATIVE_PRODUCT, latest: true });
    });

    it('has a command line that works on saved models', () => {
      const model = join(repository, 'test', 'fixtures', 'saved_models', 'v1', 'int4-symmetric');
      const program = project.path('node_modules', 'tfjs-qutlass', 'dist', 'cli', 'index.js');
      const report = outputOf(project, program, 'inspect', model, '--json') as LayerFormats;
      expect(new Set(report.layers.map(({ format }) => format.split(' ')[0]))).toContain('int4');
    });

    it('has a benchmark, which needs no other package', () => {
      const program = project.path('node_modules', 'tfjs-qutlass', 'dist', 'cli', 'index.js');
      const options = ['--shapes', '32x64', '--batch-sizes', '1', '--time', '0.01'];
      const device = ['--device', 'cpu', '--save-path', project.path('results')];
      const { status, stdout } = project.run(program, 'bench', ...options, ...device);
      expect(status).toBe(0);
      expect(stdout).toContain('onnxruntime is not installed: npm install --ignore-scripts');
      expect(stdout).toMatch(/no charts \(to add them: npm install --save-dev vega@6 /);
      expect(readdirSync(project.path('results')).sort()).toEqual([
        ...['index.html', 'results.csv', 'results.jsonl'],
      ]);
    });

    it('registers its native ops once where two copies are loaded', () => {
      project.install(packedPackage(), 'dependency').installAddon('dependency');
      expect(outputOf(project, 'two_copies.cjs')).toEqual({
        mine: NATIVE_PRODUCT,
        theirs: NATIVE_PRODUCT,
        copies: 2,
      });
    });
  });

  describe('beside tfjs-node, without its addon', () => {
    inNewProject(() => project.link(TFJS_NODE));

    it('says how to build it', () => {
      expect(outputOf(project, 'without_addon.cjs')).toEqual({
        name: 'QutlassLoadError',
        code: 'ADDON_NOT_LOADED',
        message: jasmine.stringMatching(/qutlass\.node: no such file\n.*npx tfjs-qutlass build/),
      });
    });
  });

  describe('beside plain tfjs, without its addon', () => {
    inNewProject(() => project.link(PLAIN_TFJS));

    it('runs on the cpu backend', () => {
      expect(outputOf(project, 'plain_tfjs.cjs')).toEqual({ y: [[-255]], kernels: 'typescript' });
    });
  });

  describe('beside tfjs-node-gpu and no other tfjs for Node', () => {
    inNewProject(() => {
      project.link(PLAIN_TFJS).installAddon();
      imitateTfjsNodeGpu(project);
    });

    it('runs on it', () => {
      expect(outputOf(project, 'node_gpu.mjs')).toEqual({ ...NATIVE_PRODUCT, same: true });
    });
  });
});

/**
 * Installs tfjs-node under the name of tfjs-node-gpu: the two packages hold the same JavaScript and
 * differ in the libtensorflow that their installers fetch.
 */
function imitateTfjsNodeGpu(project: Project): void {
  const source = join(repository, 'node_modules', '@tensorflow', 'tfjs-node');
  const target = project.path('node_modules', '@tensorflow', 'tfjs-node-gpu');
  for (const folder of ['dist', 'lib']) {
    cpSync(join(source, folder), join(target, folder), { recursive: true });
  }
  symlinkSync(join(source, 'deps'), join(target, 'deps'));
  const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  writeFileSync(
    join(target, 'package.json'),
    JSON.stringify({ ...manifest, name: '@tensorflow/tfjs-node-gpu' }),
  );
  const others = Object.keys(manifest.dependencies).filter((name) => name !== '@tensorflow/tfjs');
  project.link(others);
}
