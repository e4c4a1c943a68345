/** Takes what tfjs-node needs out of a wheel of TensorFlow. */
import { readdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { folderBytes } from '../files';
import type { StepContext } from '../steps/run_steps';
import { runCommand } from '../steps/run_command';
import type { TensorflowWheel } from './wheels';

/** Python is there, as pip is; an unzip program may not be. */
const UNZIP = `
import sys, zipfile
wheel, folder, *prefixes = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    names = [name for name in archive.namelist() if name.startswith(tuple(prefixes))]
    archive.extractall(folder, names)
`;

/** The headers that the C API pulls in: some 500 of the wheel's 13 000 files. */
const HEADERS = ['tensorflow/c/', 'tensorflow/core/platform/', 'tsl/platform/', 'xla/tsl/c/'];
const CONTENT = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  'tensorflow/THIRD_PARTY_NOTICES.txt',
  'tensorflow/include/LICENSE',
  ...HEADERS.map((folder) => `tensorflow/include/${folder}`),
];

/** The names that the binding is linked with. */
const LINKS = {
  'libtensorflow.so': 'libtensorflow_cc.so.2',
  'libtensorflow_framework.so': 'libtensorflow_framework.so.2',
};

function wheelFile(folder: string): string {
  const name = readdirSync(folder).find((entry) => entry.endsWith('.whl'));
  if (name === undefined) throw new Error(`pip left no wheel in ${folder}`);
  return join(folder, name);
}

/**
 * Makes `deps`: lib/ with the libraries and their links, include/, the licences.
 *
 * @param download The folder that holds the wheel; its files are unpacked there.
 * @param deps The folder `lib`, `include` and the licences come to be in; it exists.
 */
export async function unpackWheel(
  wheel: TensorflowWheel,
  download: string,
  deps: string,
  { progress, logFile }: StepContext,
): Promise<void> {
  const unpacked = join(download, 'unpacked');
  progress.bytes('unpack', wheel.libraryBytes, () => folderBytes(unpacked));
  await runCommand('python3', ['-c', UNZIP, wheelFile(download), unpacked, ...CONTENT], {
    logFile,
    failure: 'the wheel cannot be unpacked',
  });
  const root = join(unpacked, 'tensorflow');
  renameSync(join(root, 'include', 'LICENSE'), join(deps, 'LICENSE'));
  renameSync(join(root, 'THIRD_PARTY_NOTICES.txt'), join(deps, 'THIRD_PARTY_NOTICES.txt'));
  renameSync(join(root, 'include'), join(deps, 'include'));
  renameSync(root, join(deps, 'lib'));
  for (const [link, library] of Object.entries(LINKS))
    symlinkSync(library, join(deps, 'lib', link));
}
