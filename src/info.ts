/** `tf.qutlass.info()`: which kernels run, on what, and why. */
import { getBackend, getKernel } from '@tensorflow/tfjs-core';

import { LinearInt8 } from './kernels/kernel_names';
import { assertGroupSize, normalGroupSize } from './ops/group_size';
import type { DeviceInfo, ProductInfos, ProductShape, Registration } from './runtime/addon';

/** What the Node entry knows of the native side. */
export interface NativeInfo extends DeviceInfo {
  registration: Registration;
  /** Whether tfjs runs its ops on a GPU. */
  isUsingGpu: boolean;
}

/** The native side: how to describe it, and what it does for a product. */
export interface NativeSide {
  describe(): NativeInfo;
  productInfo(shape: Required<ProductShape>): ProductInfos;
}

export interface Info {
  /** tfjs's active backend. */
  backend: string;
  /**
   * The kernels that ops run on it: `typescript` (the specification, on the 'cpu' backend),
   * `native-cpu`, `cuda`, or `none` where this backend has none.
   */
  kernels: 'typescript' | 'native-cpu' | 'cuda' | 'none';
  /** Why these kernels and no others. */
  reason: string;
  /** The native side; null in a browser and on plain tfjs. */
  native: NativeInfo | null;
  /** How the products of the shape that was asked about are computed, where the kernels are native. */
  product?: ProductInfos;
}

function nativeKernels(native: NativeInfo): Pick<Info, 'kernels' | 'reason'> {
  const { cpu, cuda, gpus, isUsingGpu } = native;
  if (isUsingGpu) {
    const gpu = gpus.map(({ name }) => name).join(', ');
    return cuda !== null
      ? { kernels: 'cuda', reason: `TensorFlow runs on ${gpu}; built with CUDA ${cuda.toolkit}` }
      : {
          kernels: 'none',
          reason: `TensorFlow runs on ${gpu}, but the addon was built without CUDA: npx tfjs-qutlass build --with-nvcc`,
        };
  }
  const why =
    gpus.length > 0 ? 'this TensorFlow uses no GPU (tfjs-node-gpu would)' : 'no GPU was found';
  return {
    kernels: 'native-cpu',
    reason: `${why}; ${cpu.isa} on ${cpu.threads} threads (${cpu.isaReason})`,
  };
}

function activeKernels(
  backend: string,
  native: NativeInfo | null,
): Pick<Info, 'kernels' | 'reason'> {
  if (getKernel(LinearInt8, backend) == null) {
    return { kernels: 'none', reason: `tfjs-qutlass has no kernels for the backend '${backend}'` };
  }
  if (backend === 'tensorflow' && native !== null) return nativeKernels(native);
  return { kernels: 'typescript', reason: "the backend is 'cpu', plain JavaScript" };
}

function checked({ m, n, k, groupSize = k }: ProductShape): Required<ProductShape> {
  const shape = { m, n, k, groupSize };
  for (const [name, size] of Object.entries(shape)) {
    if (!Number.isInteger(size) || size < 1 || size >= 2 ** 31) {
      throw new Error(`info: ${name} is ${size}, expected a whole number in 1..2147483647`);
    }
  }
  assertGroupSize('info', k, groupSize);
  return { ...shape, groupSize: normalGroupSize(k, groupSize) };
}

/** Makes `info`, given the native side, or null where there is none. */
export function makeInfo(nativeSide: NativeSide | null) {
  return (product?: ProductShape): Info => {
    const shape = product && checked(product);
    const backend = getBackend();
    const native = nativeSide === null ? null : nativeSide.describe();
    const active = activeKernels(backend, native);
    const isNative = active.kernels === 'cuda' || active.kernels === 'native-cpu';
    return {
      backend,
      ...active,
      native,
      ...(shape && isNative && { product: nativeSide!.productInfo(shape) }),
    };
  };
}
