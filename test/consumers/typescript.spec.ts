/** The packed package in strict TypeScript, typed by module augmentation. */
import { NATIVE_PRODUCT, outputOf } from './expectations';
import { packedPackage, repository } from './package';
import { Project, TFJS_NODE } from './project';

const TSC = require.resolve('typescript/bin/tsc', { paths: [repository] });

const STRICT = {
  target: 'es2022',
  lib: ['es2022', 'dom'],
  strict: true,
  skipLibCheck: true, // tfjs's own declarations need it
  types: [],
  noUnusedLocals: true,
};

describe('the packed package in TypeScript', () => {
  let project: Project;

  beforeAll(() => {
    project = new Project().install(packedPackage()).link(TFJS_NODE).installAddon();
  });
  afterAll(() => project.remove());

  function compile(compilerOptions: object, files = ['typed.ts', 'typed_module.mts']) {
    project.write(
      'tsconfig.json',
      JSON.stringify({ compilerOptions: { ...STRICT, ...compilerOptions }, files }),
    );
    const { status, stdout } = project.run(TSC);
    expect(stdout).toBe('');
    expect(status).toBe(0);
  }

  it('compiles and runs with moduleResolution node16', () => {
    compile({ module: 'node16', moduleResolution: 'node16' });
    expect(outputOf(project, 'typed.js')).toEqual({ ...NATIVE_PRODUCT, closures: 2 });
    expect(outputOf(project, 'typed_module.mjs')).toEqual(NATIVE_PRODUCT);
  });

  it('compiles with moduleResolution bundler', () => {
    compile({ module: 'esnext', moduleResolution: 'bundler', noEmit: true });
  });

  it('compiles with moduleResolution node10', () => {
    const commonjs = { module: 'commonjs', moduleResolution: 'node10', noEmit: true };
    compile(commonjs, ['typed.ts']);
  });

  it('compiles for a browser', () => {
    const browser = { customConditions: ['browser'], noEmit: true };
    compile({ module: 'esnext', moduleResolution: 'bundler', ...browser });
  });
});
