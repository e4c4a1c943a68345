/** Bundles the specs that run in a browser, with the tfjs they use, into one script. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Folders of test/ that hold such specs; those that need Node are named *.node.spec.ts. */
const FOLDERS = ['browser', 'graph_models', 'kernels', 'layers', 'ops'];

function browserSpecs() {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(root, 'test', folder), { recursive: true })
      .filter((file) => file.endsWith('.spec.ts') && !file.endsWith('.node.spec.ts'))
      .map((file) => `./${folder}/${file}`),
  );
}

/** Writes the bundle and answers its path. One bundle, so that the specs share one tfjs. */
export async function bundleBrowserSpecs() {
  const outfile = join(root, 'build', 'browser_specs.js');
  const specs = browserSpecs();
  await build({
    stdin: {
      contents: specs.map((file) => `import ${JSON.stringify(file)};`).join('\n'),
      resolveDir: join(root, 'test'),
    },
    outfile,
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2020',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}
