import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PACKAGE_NAME = 'tfjs-qutlass';

function packageNameIn(folder: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: string })
      .name;
  } catch {
    return undefined;
  }
}

/**
 * The folder of this package, which holds native/ and build/: the nearest one above this file
 * whose package.json has the package's name. The same from dist/ as from src/.
 */
export function packageRoot(): string {
  let folder = __dirname;
  while (packageNameIn(folder) !== PACKAGE_NAME) {
    const parent = dirname(folder);
    if (parent === folder) {
      throw new Error(`no package.json named ${PACKAGE_NAME} in ${__dirname} or above it`);
    }
    folder = parent;
  }
  return folder;
}
