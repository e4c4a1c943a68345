/**
 * The record that a tfjs-node package has been tried out and works: deps/tfjs-qutlass.json in it,
 * valid as long as the libraries it names are the same files.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { writeFileAtomically } from '../steps/stamp';

const RECORD = join('deps', 'tfjs-qutlass.json');
const LIBRARY = /\.(so|dylib|dll|node)(\.|$)/;

export interface Prepared {
  /** '2.21.0' */
  tensorflowVersion: string;
  /** 'CPU', 'CUDA 12.5'; undefined where tfjs-node's own installer chose. */
  build?: string;
  /** For people: where it came from. */
  source: string;
}

interface PreparedRecord extends Prepared {
  libraries: Record<string, string>;
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Size and time of each library and binding: enough to notice that one was replaced. */
function fingerprints(packageFolder: string): Record<string, string> {
  const folders = [
    join('deps', 'lib'),
    ...entries(join(packageFolder, 'lib')).map((name) => join('lib', name)),
  ];
  const files = folders.flatMap((folder) =>
    entries(join(packageFolder, folder))
      .filter((name) => LIBRARY.test(name))
      .map((name) => join(folder, name)),
  );
  return Object.fromEntries(
    files.sort().map((file) => {
      const { size, mtimeMs } = statSync(join(packageFolder, file));
      return [file, `${size} bytes, ${new Date(mtimeMs).toISOString()}`];
    }),
  );
}

/** Records that the package, as it is now, works. */
export function recordPrepared(packageFolder: string, prepared: Prepared): void {
  const record: PreparedRecord = { ...prepared, libraries: fingerprints(packageFolder) };
  writeFileAtomically(join(packageFolder, RECORD), `${JSON.stringify(record, null, 2)}\n`);
}

/** What the package was prepared with; undefined where it was not, or has changed since. */
export function readPrepared(packageFolder: string): Prepared | undefined {
  try {
    const { libraries, ...prepared } = JSON.parse(
      readFileSync(join(packageFolder, RECORD), 'utf8'),
    ) as PreparedRecord;
    const unchanged = JSON.stringify(libraries) === JSON.stringify(fingerprints(packageFolder));
    return unchanged ? prepared : undefined;
  } catch {
    return undefined;
  }
}
