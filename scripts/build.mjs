/**
 * `npm run build`: compiles src/ into dist/, CommonJS for Node with types and maps, and bundles the
 * browser's builds. dist/ is replaced only when all of it is done.
 *
 *   index.js              the Node entry, and cli/index.js the command line
 *   browser.mjs           for bundlers and import maps; TensorFlow.js stays an import
 *   tfjs-qutlass[.min].js for script tags; TensorFlow.js is the global `tf`
 */
import { execFileSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const partial = join(root, 'build', `dist.partial-${process.pid}`);

const TFJS = /^@tensorflow\/tfjs(-core|-layers|-converter)?$/;

/** Stands for the tfjs packages where they are a script tag's global `tf`. */
const globalTfjs = {
  name: 'global-tfjs',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: TFJS }, () => ({ path: 'tf', namespace: 'global' }));
    onLoad({ filter: /.*/, namespace: 'global' }, () => ({
      contents: `
        if (!globalThis.tf) {
          throw new Error('tfjs-qutlass: no global tf; load the script of @tensorflow/tfjs first');
        }
        module.exports = globalThis.tf;`,
    }));
  },
};

function compileTypeScript() {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const options = ['--project', root, '--outDir', partial, '--inlineSources'];
  execFileSync(process.execPath, [tsc, ...options], { stdio: 'inherit' });
}

function bundle(entry, outfile, options) {
  return build({
    absWorkingDir: root,
    entryPoints: [join('src', entry)],
    outfile: join(partial, outfile),
    bundle: true,
    platform: 'browser',
    target: 'es2020',
    sourcemap: true,
    logLevel: 'warning',
    ...options,
  });
}

function bundleForBrowsers() {
  const scriptTag = { format: 'iife', plugins: [globalTfjs] };
  return Promise.all([
    bundle('browser.ts', 'browser.mjs', { format: 'esm', external: ['@tensorflow/*'] }),
    bundle('browser_global.ts', 'tfjs-qutlass.js', scriptTag),
    bundle('browser_global.ts', 'tfjs-qutlass.min.js', { ...scriptTag, minify: true }),
  ]);
}

process.once('exit', () => rmSync(partial, { recursive: true, force: true }));
try {
  compileTypeScript();
} catch {
  process.exit(1); // the compiler has said why
}
await bundleForBrowsers();
rmSync(dist, { recursive: true, force: true });
renameSync(partial, dist);
