/** What a measurement was made on and with. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

import { packageRoot } from '../../runtime/package_root';
import type { Package } from '../models/load_package';

export interface Machine {
  /** The GPU; or the processor, its threads and the instructions that are used. */
  device: string;
  /** The processor, whatever the products run on. */
  host: string;
  libraries: Record<string, string>;
  commit: string;
}

/** The commit of tfjs-qutlass that is checked out, with a '+' where files differ from it; '' outside a clone. */
function commit(): string {
  if (!existsSync(join(packageRoot(), '.git'))) return '';
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: packageRoot(),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') ? '+' : '');
  } catch {
    return '';
  }
}

function packageVersion(): string {
  const manifest = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/** Bytes of the last-level cache of processor 0; 32 MiB where Linux does not tell. */
export function lastLevelCacheBytes(): number {
  try {
    const size = readFileSync('/sys/devices/system/cpu/cpu0/cache/index3/size', 'utf8');
    return Number.parseInt(size, 10) * 1024;
  } catch {
    return 32 * 1024 * 1024;
  }
}

export function describeMachine(tf: Package): Machine {
  const { native, kernels } = tf.qutlass.info();
  const onGpu = kernels === 'cuda';
  const host = `${cpus()[0].model.trim()}, ${cpus().length} processors`;
  const { threads = 1, isa = 'typescript' } = native?.cpu ?? {};
  return {
    device: onGpu ? native!.gpus[0].name : `${cpus()[0].model.trim()}, ${threads} threads, ${isa}`,
    host,
    libraries: {
      'tfjs-qutlass': packageVersion(),
      tfjs: tf.version.tfjs,
      tensorflow: native?.registration.tensorflowVersion ?? '',
      ...(onGpu ? { cuda: native!.cuda!.toolkit, driver: `CUDA ${native!.driverVersion}` } : {}),
      node: process.versions.node,
    },
    commit: commit(),
  };
}
