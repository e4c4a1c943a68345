/** The package as npm packs it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const repository = join(__dirname, '..', '..');

export interface PackedPackage {
  tarball: string;
  /** The paths of its files, from the package's root. */
  files: string[];
  unpackedBytes: number;
}

interface PackReport {
  filename: string;
  unpackedSize: number;
  files: { path: string }[];
}

/** Runs `npm pack` on the dist/ there is: scripts, and so a build, are left out. */
function pack(): PackedPackage {
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-qutlass-pack-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const options = ['--json', '--ignore-scripts', '--pack-destination', folder];
  const output = execFileSync('npm', ['pack', ...options], {
    cwd: repository,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [report] = JSON.parse(output) as PackReport[];
  return {
    tarball: join(folder, report.filename),
    files: report.files.map(({ path }) => path),
    unpackedBytes: report.unpackedSize,
  };
}

let packed: PackedPackage | undefined;

/** The package, packed once in this process and removed at its end. */
export function packedPackage(): PackedPackage {
  return (packed ??= pack());
}

/** Unpacks it as npm installs it, into a folder that is made. */
export function unpackPackage({ tarball }: PackedPackage, folder: string): void {
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['xzf', tarball, '--strip-components=1', '-C', folder]);
}
