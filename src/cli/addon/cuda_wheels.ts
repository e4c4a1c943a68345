/** A CUDA compiler from PyPI, for machines without a toolkit: pinned by version and hash. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

import { folderBytes } from '../files';
import { type Wheel, installWheels } from '../pip';
import { onInterrupt } from '../steps/interrupt';
import type { StepContext } from '../steps/run_steps';
import { StepError } from '../steps/step_error';

const CUDA_WHEELS_VERSION = '13.0.88';

/** pip's name of the machine; the wheels are the same for every Python 3. */
const MACHINES: Record<string, string> = { x64: 'x86_64', arm64: 'aarch64' };
const PYTHON = '3.11';

const WHEELS: Record<string, readonly Wheel[]> = {
  x64: [
    {
      requirement: 'nvidia-cuda-nvcc==13.0.88',
      sha256: '56fe502eb77625a12f25172caa3cdddb4e4c8ba2c8c17dba44b164761b380f03',
      bytes: 37_384_532,
    },
    {
      requirement: 'nvidia-cuda-crt==13.0.88',
      sha256: '2c8043c7c9e02492716426e9919fc78d2c5b3b2a7a768a88e952676b08aa55a4',
      bytes: 134_086,
    },
    {
      requirement: 'nvidia-nvvm==13.0.88',
      sha256: 'c5f41ffeb6466944a026dfa5317d7d85355c119bbec279205d22f1869d1054e0',
      bytes: 61_601_415,
    },
    {
      requirement: 'nvidia-cuda-runtime==13.0.96',
      sha256: '7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548',
      bytes: 2_243_632,
    },
    {
      requirement: 'nvidia-cuda-cccl==13.0.85',
      sha256: 'e0da7ad981f3a8aff08241b5bfc1af868742a63e2762f53a5171c492ef242649',
      bytes: 3_120_526,
    },
  ],
  arm64: [
    {
      requirement: 'nvidia-cuda-nvcc==13.0.88',
      sha256: 'c7ff28f86a24effdc6c034fa15230c549a273e4771b10a7fec14996f8cf3307f',
      bytes: 32_455_430,
    },
    {
      requirement: 'nvidia-cuda-crt==13.0.88',
      sha256: 'ee2ea2a97073e02ee62bb27841f437332be2c248e3eac013df07997ada39c003',
      bytes: 134_086,
    },
    {
      requirement: 'nvidia-nvvm==13.0.88',
      sha256: 'c4376a291d72d22a315d9d2f69bdae8f8cd83a627f75bad395cee49a0fe65dc1',
      bytes: 59_234_185,
    },
    {
      requirement: 'nvidia-cuda-runtime==13.0.96',
      sha256: 'ef9bcbe90493a2b9d810e43d249adb3d02e98dd30200d86607d8d02687c43f55',
      bytes: 2_261_060,
    },
    {
      requirement: 'nvidia-cuda-cccl==13.0.85',
      sha256: '6f0203e29fed809ee2b7fe9b1344df66ecab990c37d6a2e0e189b26d6c97ed7c',
      bytes: 3_120_528,
    },
  ],
};

function toolkitFolder(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'tfjs-qutlass', `cuda-${CUDA_WHEELS_VERSION}-${process.arch}`);
}

/** The nvcc that installCudaWheels puts in the user's cache, whether it is there or not. */
export function cachedNvcc(): string {
  return join(toolkitFolder(), 'nvidia', 'cu13', 'bin', 'nvcc');
}

/** Brings the CUDA compiler into the user's cache. Rejects with a StepError. */
export async function installCudaWheels({ progress, logFile }: StepContext): Promise<void> {
  if (existsSync(cachedNvcc())) return;
  const wheels = WHEELS[process.arch];
  const machine = MACHINES[process.arch];
  if (process.platform !== 'linux' || wheels === undefined || machine === undefined) {
    throw new StepError(`PyPI has no CUDA compiler for ${process.platform} ${process.arch}`, {
      remedy: "install NVIDIA's CUDA toolkit, or build with --cuda off",
    });
  }
  const folder = toolkitFolder();
  const partial = `${folder}.${process.pid}`;
  const removePartial = () => rmSync(partial, { recursive: true, force: true });
  const total = wheels.reduce((sum, { bytes }) => sum + bytes, 0);
  mkdirSync(dirname(folder), { recursive: true });
  await onInterrupt(removePartial, async () => {
    try {
      progress.bytes('download the CUDA compiler', total, () => folderBytes(partial));
      const target = { platform: `manylinux2014_${machine}`, python: PYTHON };
      await installWheels(wheels, { target, folder: partial, logFile });
      rmSync(folder, { recursive: true, force: true });
      renameSync(partial, folder);
    } finally {
      removePartial();
    }
  });
}
