/**
 * What the kernels need of tfjs's 'cpu' backend, and nothing more: anything that keeps typed arrays
 * by dataId can run them.
 */
import { util } from '@tensorflow/tfjs-core';
import type {
  BackendValues,
  DataId,
  DataType,
  KernelConfig,
  KernelFunc,
  TensorInfo,
} from '@tensorflow/tfjs-core';

export interface CpuBackend {
  readonly data: { get(dataId: DataId): { values?: BackendValues } };
  makeTensorInfo(shape: number[], dtype: DataType, values: BackendValues): TensorInfo;
}

export interface CpuKernelArgs<Inputs, Attrs> {
  inputs: Inputs;
  attrs: Attrs;
  backend: CpuBackend;
}

/** The registration of a kernel that is typed by its own inputs and attributes. */
export function cpuKernel<Inputs, Attrs>(
  kernelName: string,
  compute: (args: CpuKernelArgs<Inputs, Attrs>) => TensorInfo | TensorInfo[],
): KernelConfig {
  return { kernelName, backendName: 'cpu', kernelFunc: compute as unknown as KernelFunc };
}

function valuesOf(backend: CpuBackend, { dataId, dtype }: TensorInfo): BackendValues {
  // Values that came from a file may still be an ArrayBuffer; a typed array is passed on as it is.
  return util.convertBackendValuesAndArrayBuffer(
    backend.data.get(dataId).values as BackendValues,
    dtype,
  );
}

export function numbersOf(backend: CpuBackend, tensor: TensorInfo): Float32Array | Int32Array {
  return valuesOf(backend, tensor) as Float32Array | Int32Array;
}

export function floatsOf(backend: CpuBackend, tensor: TensorInfo): Float32Array {
  return valuesOf(backend, tensor) as Float32Array;
}

export function integersOf(backend: CpuBackend, tensor: TensorInfo): Int32Array {
  return valuesOf(backend, tensor) as Int32Array;
}

/** The rows and the row length of a tensor whose leading axes are folded into one. */
export function rowsAndWidth(shape: number[]): [rows: number, width: number] {
  return [util.sizeFromShape(shape.slice(0, -1)), shape[shape.length - 1]];
}

/** `shape` with another last axis. */
export function withWidth(shape: number[], width: number): number[] {
  return [...shape.slice(0, -1), width];
}
