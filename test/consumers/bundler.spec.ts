/** The packed package through a bundler for browsers. */
import { type BuildResult, build } from 'esbuild';
import { createContext, runInContext } from 'node:vm';

import { packedPackage } from './package';
import { PLAIN_TFJS, Project } from './project';

/** Those by which tfjs recognises a web worker, and those it uses. */
const WORKER_GLOBALS = { WorkerGlobalScope: class {}, TextEncoder, performance, console };

describe('the packed package in a bundle for browsers', () => {
  let project: Project;
  let bundle: BuildResult<{ metafile: true; write: false }>;

  beforeAll(async () => {
    project = new Project().install(packedPackage()).link(PLAIN_TFJS);
    bundle = await build({
      absWorkingDir: project.folder,
      entryPoints: ['browser.mjs'],
      bundle: true,
      platform: 'browser',
      metafile: true,
      write: false,
      logLevel: 'silent',
    });
  });
  afterAll(() => project.remove());

  it('takes the entry for browsers, which imports nothing of Node', () => {
    expect(bundle.warnings).toEqual([]);
    const ours = Object.keys(bundle.metafile.inputs).filter((file) => file.includes('qutlass/'));
    expect(ours).toEqual(['node_modules/tfjs-qutlass/dist/browser.mjs']);
  });

  it('runs in a web worker', () => {
    const worker = createContext({ ...WORKER_GLOBALS });
    runInContext(`self = globalThis; ${bundle.outputFiles[0].text}`, worker);
    const result = runInContext('JSON.stringify(result)', worker) as string;
    expect(JSON.parse(result)).toEqual({ y: [[-255]], kernels: 'typescript' });
  });
});
