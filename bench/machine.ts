/** What a measurement was made on and with. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

import * as tf from '../src/index';

export interface Machine {
  device: string;
  libraries: Record<string, string>;
  commit: string;
}

/** The commit that is checked out, with a '+' where files differ from it; '' outside a clone. */
function commit(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') ? '+' : '');
  } catch {
    return '';
  }
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

export function describeMachine(): Machine {
  const { native, kernels } = tf.qutlass.info();
  const processor = `${cpus()[0].model.trim()}, ${native?.cpu.threads ?? 1} threads, ${native?.cpu.isa ?? 'typescript'}`;
  return {
    device: kernels === 'cuda' ? native!.gpus[0].name : processor,
    libraries: {
      tfjs: tf.version.tfjs,
      tensorflow: native?.registration.tensorflowVersion ?? '',
      node: process.versions.node,
    },
    commit: commit(),
  };
}
