import { env, getKernel } from '@tensorflow/tfjs-core';

import {
  cpuKernelConfigs,
  registerCpuKernels,
} from '../../../src/kernels/cpu/register_all_kernels';
import * as names from '../../../src/kernels/kernel_names';

describe('registerCpuKernels', () => {
  it('registers every kernel there is a name for', () => {
    registerCpuKernels();
    const registered = Object.values(names).map((name) => getKernel(name, 'cpu')?.kernelName);
    expect(registered.sort()).toEqual(Object.values(names).sort());
    expect(cpuKernelConfigs.length).toBe(registered.length);
  });

  it('changes and says nothing the second time', () => {
    const before = getKernel(names.PackInt4, 'cpu');
    // tfjs keeps its warnings to itself in tests.
    const isTest = env().getBool('IS_TEST');
    const warn = spyOn(console, 'warn');
    env().set('IS_TEST', false);
    registerCpuKernels();
    env().set('IS_TEST', isTest);
    expect(warn).not.toHaveBeenCalled();
    expect(getKernel(names.PackInt4, 'cpu')).toBe(before);
  });
});
