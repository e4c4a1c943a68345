/**
 * TensorFlow 2.10, out of the Java binding's package on Maven Central: the oldest libtensorflow with
 * the C API as the addon uses it that any package index still has.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';

import { runCommand } from '../../src/cli/steps/run_command.js';
import { StepError } from '../../src/cli/steps/step_error.js';
import { workFolder } from '../bootstrap/root.mjs';

export const VERSION = '2.10.1';

const COORDINATES = 'org.tensorflow:tensorflow-core-api:0.5.0:jar:linux-x86_64';
const JAR = 'tensorflow-core-api-0.5.0-linux-x86_64.jar';
const SHA256 = 'f394c5be26c8f3b644cdc77e6741b2cfe774caa8aedeb969c50e074444feac55';
const LIBRARIES = 'org/tensorflow/internal/c_api/linux-x86_64';

/** A jar is a zip. */
const UNZIP = `
import sys, zipfile
jar, folder, prefix = sys.argv[1:]
with zipfile.ZipFile(jar) as archive:
    names = [name for name in archive.namelist() if name.startswith(prefix + '/libtensorflow')]
    archive.extractall(folder, names)
`;

function checkHash(file) {
  const found = createHash('sha256').update(readFileSync(file)).digest('hex');
  if (found !== SHA256) {
    throw new StepError(`${JAR} has the hash ${found}, expected ${SHA256}`);
  }
}

/** Answers the folder of its libraries, which is brought into build/ where it is missing. */
export async function tensorflow210() {
  const folder = join(workFolder, `tensorflow-${VERSION}`);
  if (existsSync(folder)) return folder;
  const logFile = join(workFolder, 'logs', `tensorflow-${VERSION}.log`);
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    const get = [`-Dartifact=${COORDINATES}`, `-DoutputDirectory=${partial}`];
    await runCommand('mvn', ['--batch-mode', 'dependency:copy', ...get], {
      logFile,
      failure: `Maven cannot get ${COORDINATES}`,
    });
    const jar = join(partial, JAR);
    checkHash(jar);
    await runCommand('python3', ['-c', UNZIP, jar, partial, LIBRARIES], {
      logFile,
      failure: `${JAR} cannot be unpacked`,
    });
    renameSync(join(partial, dirname(LIBRARIES), 'linux-x86_64'), folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}
