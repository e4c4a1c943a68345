/**
 * What these kernels use of tfjs-node's `NodeJSKernelBackend`, and how they call a native op.
 */
import type { DataType, KernelBackend, Tensor, TensorInfo } from '@tensorflow/tfjs-core';

import { keepOnDevice } from './residency';

/** An attribute of a TensorFlow op, as tfjs-node's binding takes it. */
interface OpAttribute {
  name: string;
  type: number;
  value: number | boolean | string;
}

/** A tensor's record in the backend: `id` is its TensorFlow handle, or -1 while `values` wait. */
export interface TensorData {
  id: number;
}

export interface TensorflowBackend extends KernelBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: {
    readonly TF_ATTR_INT: number;
    readonly TF_ATTR_BOOL: number;
    readonly TF_ATTR_STRING: number;
    readonly TF_ATTR_TYPE: number;
    readonly TF_FLOAT: number;
    readonly TF_INT32: number;
  };
  readonly tensorMap: { get(dataId: object): TensorData };
  executeSingleOutput(name: string, attributes: OpAttribute[], inputs: TensorInfo[]): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: OpAttribute[],
    inputs: TensorInfo[],
    outputs: number,
  ): TensorInfo[];
}

/** Attributes by their native names; a `{dtype}` is a TensorFlow type. */
export type Attributes = Record<string, number | boolean | string | { dtype: DataType }>;

function toOpAttribute(
  { binding }: TensorflowBackend,
  name: string,
  value: Attributes[string],
): OpAttribute {
  switch (typeof value) {
    case 'number':
      return { name, type: binding.TF_ATTR_INT, value };
    case 'boolean':
      return { name, type: binding.TF_ATTR_BOOL, value };
    case 'string':
      return { name, type: binding.TF_ATTR_STRING, value };
    default: {
      const type = value.dtype === 'int32' ? binding.TF_INT32 : binding.TF_FLOAT;
      return { name, type: binding.TF_ATTR_TYPE, value: type };
    }
  }
}

/** Whether every native op has `value` as its default, which need not be passed. */
function isDefault(value: Attributes[string]): boolean {
  return value === false || value === 'linear';
}

/** Only what is no default: reading an attribute costs tfjs-node's binding about a microsecond. */
function toOpAttributes(backend: TensorflowBackend, attributes: Attributes): OpAttribute[] {
  const opAttributes: OpAttribute[] = [];
  for (const name in attributes) {
    const value = attributes[name];
    if (!isDefault(value)) opAttributes.push(toOpAttribute(backend, name, value));
  }
  return opAttributes;
}

/** Runs the native op `name`; its int32 inputs stay on the device from then on. */
export function execute(
  backend: TensorflowBackend,
  name: string,
  inputs: TensorInfo[],
  attributes: Attributes,
): TensorInfo {
  keepOnDevice(backend, inputs);
  return backend.executeSingleOutput(name, toOpAttributes(backend, attributes), inputs);
}

/** The same for an op with several outputs. */
export function executeMultiple(
  backend: TensorflowBackend,
  name: string,
  inputs: TensorInfo[],
  attributes: Attributes,
  outputs: number,
): TensorInfo[] {
  keepOnDevice(backend, inputs);
  return backend.executeMultipleOutputs(name, toOpAttributes(backend, attributes), inputs, outputs);
}
