/**
 * Finds a Chromium for the browser specs: CHROME_BIN where it is set, else the one that the
 * development dependency @sparticuz/chromium carries, unpacked once into build/.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

// The package unpacks into the folder for temporary files, and adds the system libraries that a
// bare machine lacks (nss, nspr, expat) where this variable names a Lambda of Amazon Linux 2023.
const UNPACK = "import chromium from '@sparticuz/chromium'; await chromium.executablePath();";
const AMAZON_LINUX_2023 = 'AWS_Lambda_nodejs20.x';

async function unpack(folder) {
  const partial = `${folder}.partial-${process.pid}`;
  await mkdir(partial, { recursive: true });
  try {
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', UNPACK], {
      cwd: root,
      env: { ...process.env, TMPDIR: partial, AWS_EXECUTION_ENV: AMAZON_LINUX_2023 },
    });
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** The package exports no package.json, so its version is read two folders above its main file. */
async function carriedVersion() {
  const main = require.resolve('@sparticuz/chromium');
  const manifest = join(dirname(main), '..', '..', 'package.json');
  return JSON.parse(await readFile(manifest, 'utf8')).version;
}

async function carriedChromium() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `@sparticuz/chromium carries a Chromium for linux-x64 only, this is ${process.platform}-${process.arch}: set CHROME_BIN`,
    );
  }
  const folder = join(root, 'build', `chromium-${await carriedVersion()}`);
  if (!existsSync(folder)) await unpack(folder);
  const { default: chromium } = await import('@sparticuz/chromium');
  return {
    path: join(folder, 'chromium'),
    flags: chromium.args,
    env: {
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      FONTCONFIG_PATH: join(folder, 'fonts'),
    },
  };
}

/**
 * The browser to run: `path` of its binary, the `flags` it needs besides --headless, and the
 * variables to add to its environment. Throws where there is none.
 */
export async function findChromium() {
  const path = process.env.CHROME_BIN;
  if (path === undefined || path === '') return carriedChromium();
  if (!existsSync(path)) throw new Error(`CHROME_BIN is ${path}: no such file`);
  // Chromium refuses to run as root within its sandbox.
  return { path, flags: process.getuid?.() === 0 ? ['--no-sandbox'] : [], env: {} };
}
