/**
 * The addon that is built, and the record beside it of what it was built from.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from '../../runtime/package_root';
import { hashInputs } from '../steps/stamp';

export type CudaChoice = 'auto' | 'on' | 'off';

export interface BuildOptions {
  cuda: CudaChoice;
  /** GPU architectures in CMake's notation, '86;90'; empty for the default ones. */
  architectures: string;
}

export interface BuildRecord extends BuildOptions {
  /** Hash of the native sources. */
  sources: string;
  /** The CUDA compiler's path and version; null for a build without CUDA. */
  nvcc: string | null;
}

/** What the addon is compiled from; native/test and native/bench are not part of it. */
const SOURCES = ['CMakeLists.txt', 'addon', 'cpu', 'cuda', 'include', 'tensorflow'];

export function buildFolder(): string {
  return join(packageRoot(), 'build');
}

export function addonPath(): string {
  return join(buildFolder(), 'Release', 'qutlass.node');
}

export function recordPath(): string {
  return join(buildFolder(), 'Release', 'qutlass.json');
}

export function sourcesHash(): string {
  const native = join(packageRoot(), 'native');
  return hashInputs(
    native,
    SOURCES.map((name) => join(native, name)),
    [process.platform, process.arch],
  );
}

/** The record of the addon that is there; undefined where there is none, or no record of it. */
export function readRecord(): BuildRecord | undefined {
  if (!existsSync(addonPath())) return undefined;
  try {
    return JSON.parse(readFileSync(recordPath(), 'utf8')) as BuildRecord;
  } catch {
    return undefined;
  }
}
