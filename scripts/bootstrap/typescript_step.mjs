/** dist/, compiled and bundled from src/ by `npm run build`. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import process from 'node:process';

import { runCommand } from '../../src/cli/steps/run_command.js';
import { hashInputs, readStamp, writeFileAtomically } from '../../src/cli/steps/stamp.js';
import { root, workFolder } from './root.mjs';

const INPUTS = ['src', 'scripts/build.mjs', 'tsconfig.json', 'package-lock.json'];

const stampFile = join(workFolder, 'dist.stamp');

/** The steps after this one are loaded out of dist/: not out of what was there before. */
function forgetLoadedModules() {
  const { cache } = createRequire(import.meta.url);
  const folder = join(root, 'dist') + sep;
  for (const file of Object.keys(cache)) if (file.startsWith(folder)) delete cache[file];
}

function inputs() {
  return hashInputs(
    root,
    INPUTS.map((name) => join(root, name)),
  );
}

export const typescriptStep = {
  id: 'typescript',
  label: () => 'TypeScript',
  needs: () => [],
  isDone: () => existsSync(join(root, 'dist', 'index.js')) && readStamp(stampFile) === inputs(),
  async run({ progress, logFile }) {
    // Taken before: what is edited meanwhile is compiled again the next time.
    const hash = inputs();
    progress.phase('compile');
    await runCommand(process.execPath, [join(root, 'scripts', 'build.mjs')], {
      cwd: root,
      logFile,
      failure: 'src/ does not compile',
    });
    forgetLoadedModules();
    writeFileAtomically(stampFile, hash);
  },
};
