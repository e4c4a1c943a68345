/** Runs the 'cpu' kernels on plain arrays, whichever backend tfjs has active. */
import type { NamedAttrMap, TensorInfo, TypedArray } from '@tensorflow/tfjs-core';

import type { CpuBackend } from '../../src/kernels/cpu/backend';
import { cpuKernelConfigs } from '../../src/kernels/cpu/register_all_kernels';
import type { Contents } from './contents';

/** A backend that is a map. */
class ArrayBackend implements CpuBackend {
  private readonly stored = new Map<object, TypedArray>();
  readonly data = { get: (dataId: object) => ({ values: this.stored.get(dataId) }) };

  makeTensorInfo(shape: number[], dtype: TensorInfo['dtype'], values: unknown): TensorInfo {
    const dataId = {};
    this.stored.set(dataId, values as TypedArray);
    return { dataId, shape, dtype };
  }

  put({ shape, dtype, values }: Contents): TensorInfo {
    return this.makeTensorInfo(shape, dtype, values);
  }

  take({ dataId, shape, dtype }: TensorInfo): Contents {
    const values = this.stored.get(dataId) as TypedArray;
    return { shape, dtype: dtype as Contents['dtype'], values };
  }
}

/** The outputs of the kernel `name`; inputs that are undefined are left out. */
export function runCpuKernel(
  name: string,
  inputs: { [name: string]: Contents | undefined },
  attrs: NamedAttrMap = {},
): Contents[] {
  const config = cpuKernelConfigs.find(({ kernelName }) => kernelName === name);
  if (config === undefined) throw new Error(`no cpu kernel is named ${name}`);
  const backend = new ArrayBackend();
  const infos: { [name: string]: TensorInfo } = {};
  for (const [key, input] of Object.entries(inputs)) {
    if (input !== undefined) infos[key] = backend.put(input);
  }
  const outputs = config.kernelFunc({ inputs: infos, attrs, backend });
  return (Array.isArray(outputs) ? outputs : [outputs]).map((output) => backend.take(output));
}
