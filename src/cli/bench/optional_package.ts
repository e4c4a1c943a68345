/** Packages that only `bench` uses: whoever wants what they bring installs them. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Of the project in this folder; where it has none, what this package finds. */
function requires(): NodeJS.Require[] {
  return [join(process.cwd(), 'package.json'), __filename].map(createRequire);
}

/** The file that a specifier stands for; undefined where its package is not installed. */
export function resolveOptional(specifier: string): string | undefined {
  for (const { resolve } of requires()) {
    try {
      return resolve(specifier);
    } catch {
      // The next one may find it.
    }
  }
  return undefined;
}

/** Its module; undefined where it is not installed. Rejects where it does not load. */
export async function importOptional<T>(name: string): Promise<T | undefined> {
  const file = resolveOptional(name);
  return file === undefined ? undefined : ((await import(pathToFileURL(file).href)) as T);
}

/** The folder of its package.json; undefined where it is not installed. */
export function optionalFolder(name: string): string | undefined {
  const manifest = resolveOptional(`${name}/package.json`);
  return manifest && dirname(manifest);
}
