/** The GPUs and the driver: as the addon sees them, else as nvidia-smi does. */
import { spawnSync } from 'node:child_process';

import type { DeviceInfo, Gpu } from '../../runtime/addon';

export interface GpuFacts {
  gpus: Gpu[];
  /** For people: 'CUDA 13.0', '580.65'; undefined without a driver. */
  driver?: string;
}

const BYTES_A_MIB = 2 ** 20;

/** Lines of `NVIDIA A10, 8.6, 23028, 580.65.06`, the memory in MiB. */
export function parseNvidiaSmi(output: string): GpuFacts {
  const rows = output
    .trim()
    .split('\n')
    .filter((line) => line.split(',').length === 4)
    .map((line) => line.split(',').map((cell) => cell.trim()));
  return {
    gpus: rows.map(([name = '', computeCapability = '', mebibytes]) => ({
      name,
      computeCapability,
      memoryBytes: Number(mebibytes) * BYTES_A_MIB,
    })),
    driver: rows[0]?.[3],
  };
}

function askNvidiaSmi(): GpuFacts {
  const query = '--query-gpu=name,compute_cap,memory.total,driver_version';
  const { status, stdout } = spawnSync('nvidia-smi', [query, '--format=csv,noheader,nounits'], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  return status === 0 ? parseNvidiaSmi(stdout) : { gpus: [] };
}

/** nvidia-smi is asked even where the addon answers: only it knows the driver's own version. */
export function gpuFacts(addon: Partial<DeviceInfo> | undefined): GpuFacts {
  const seen = askNvidiaSmi();
  const supports = addon?.driverVersion ? `CUDA ${addon.driverVersion}` : undefined;
  return {
    gpus: addon?.gpus?.length ? addon.gpus : seen.gpus,
    driver: [seen.driver, supports].filter(Boolean).join(', up to ') || undefined,
  };
}
