/**
 * Loads the native addon and registers its ops with the TensorFlow that tfjs-node has loaded.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { type LoadAttempt, QutlassLoadError } from './errors';
import { packageRoot } from './package_root';

export interface Gpu {
  name: string;
  memoryBytes: number;
  /** As NVIDIA writes it: '8.6' for sm_86. */
  computeCapability: string;
}

/** What the kernels run on. Asking makes no CUDA context. */
export interface DeviceInfo {
  cpu: { isa: string; isaReason: string; threads: number };
  /** The CUDA toolkit and the architectures of the CUDA kernels; null in a build without them. */
  cuda: { toolkit: string; architectures: string } | null;
  gpus: Gpu[];
  /** The newest CUDA that the driver supports, e.g. '13.0'; null without a driver. */
  driverVersion: string | null;
  /** How our kernels are ordered with TensorFlow's, and why. */
  stream: string;
}

/** The TensorFlow that the ops are registered with. */
export interface Registration {
  tensorflowVersion: string;
  frameworkPath: string;
  libraryPath: string;
  /** The names of the ops. */
  kernels: string[];
}

/** The sizes of a product: x [m, k] by weights [n, k]. */
export interface ProductShape {
  m: number;
  n: number;
  k: number;
  /** Of int4 weights of bf16 or int8 rows; k, one group a row, by default. */
  groupSize?: number;
}

/** How a product is computed. */
export interface ProductInfo {
  /**
   * On a GPU 'stream', the kernel for few rows, or the rows and columns of a block's tile and the
   * parts that k is divided into ('64x128', '32x64/4'); on a CPU the instruction set.
   */
  configuration: string;
  /** Of the memory that a call takes beside its result, and gives back. */
  workspaceBytes: number;
}

/** How the products of one shape are computed. */
export interface ProductInfos {
  /** Of `matmulInt8Bf16`, without zero points. */
  int8: ProductInfo;
  /** Of `matmulInt4Bf16`. */
  int4: ProductInfo;
  /** Of `linearInt8Int4`, without a rotation: the quantized rows of x take memory, too. */
  int8Int4: ProductInfo;
  /** Of `matmulInt4Int4Bf16`, whose operands have one group a row whatever `groupSize` is. */
  int4Int4: ProductInfo;
}

/** An op of prepacked weights that is called without TensorFlow (native/addon/prepared_product.h). */
export interface PreparedProduct {
  /** Adds the next input after x: what the op QutlassHold holds under this token. */
  hold(token: number): void;
  /** Adds the next input after x. */
  copy(values: Float32Array, shape: number[]): void;
  /** x `[m, k]` by the weights: `[m, n]`. */
  multiply(x: Float32Array, m: number): Float32Array;
  /** Lets go of all inputs. */
  dispose(): void;
}

export type PreparedProductClass = new (
  op: string,
  attributes: Record<string, unknown>,
) => PreparedProduct;

export interface Addon {
  /** Registers the ops, once a process. Throws where no libtensorflow is loaded. */
  register(): Registration;
  readonly PreparedProduct: PreparedProductClass;
  deviceInfo(): DeviceInfo;
  productInfo(shape: Required<ProductShape>, onGpu: boolean): ProductInfos;
}

/** Where the addon may lie, in the order in which it is looked for. */
function addonPaths(): string[] {
  return [join(packageRoot(), 'build', 'Release', 'qutlass.node')];
}

/** Loads the addon. Throws QutlassLoadError with every path tried. */
export function loadAddon(): Addon {
  const attempts: LoadAttempt[] = [];
  for (const path of addonPaths()) {
    if (!existsSync(path)) {
      attempts.push({ path, reason: 'no such file' });
      continue;
    }
    try {
      return require(path) as Addon;
    } catch (error) {
      attempts.push({ path, reason: (error as Error).message });
    }
  }
  throw new QutlassLoadError({
    code: 'ADDON_NOT_LOADED',
    message: 'the native addon of tfjs-qutlass cannot be loaded',
    attempts,
    remedy: 'npx tfjs-qutlass build',
  });
}

/** Registers the addon's ops with TensorFlow. Throws QutlassLoadError. */
export function registerNativeOps(addon: Addon): Registration {
  try {
    return addon.register();
  } catch (error) {
    throw new QutlassLoadError({
      code: 'TENSORFLOW_NOT_BOUND',
      message: 'the native ops cannot be registered with TensorFlow',
      attempts: [{ path: 'libtensorflow', reason: (error as Error).message }],
      remedy: 'npx tfjs-qutlass doctor',
    });
  }
}
