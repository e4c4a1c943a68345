/**
 * What these kernels use of tfjs-node's `NodeJSKernelBackend`, and how they call a native op.
 */
import type {
  BackendValues,
  DataType,
  KernelBackend,
  Tensor,
  TensorInfo,
} from '@tensorflow/tfjs-core';

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
  values: BackendValues | null;
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
  readSync(dataId: object): BackendValues;
  write(values: BackendValues, shape: number[], dtype: DataType): object;
  executeSingleOutput(name: string, attributes: OpAttribute[], inputs: TensorInfo[]): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: OpAttribute[],
    inputs: TensorInfo[],
    outputs: number,
  ): TensorInfo[];
}

type AttributeValue = number | boolean | string | { dtype: DataType };

/** Attributes by their native names; a `{dtype}` is a TensorFlow type. */
export type Attributes = Record<string, AttributeValue | undefined>;

/** Inputs that may be absent, by their native suffixes, in the order in which the op lists them. */
type OptionalInputs = Record<string, TensorInfo | undefined>;

function toOpAttribute(
  { binding }: TensorflowBackend,
  name: string,
  value: AttributeValue,
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
function isDefault(value: AttributeValue | undefined): value is undefined {
  return value === undefined || value === false || value === 'linear';
}

/** Only what is no default: an attribute costs tfjs-node's binding and TensorFlow 2 to 3 us. */
export function toOpAttributes(backend: TensorflowBackend, attributes: Attributes): OpAttribute[] {
  const opAttributes: OpAttribute[] = [];
  for (const name in attributes) {
    const value = attributes[name];
    if (!isDefault(value)) opAttributes.push(toOpAttribute(backend, name, value));
  }
  return opAttributes;
}

/** A call of a native op. */
export interface NativeCall {
  name: string;
  inputs: TensorInfo[];
  attributes: Attributes;
}

/**
 * A call of the native op that takes exactly the optional inputs that are there: each follows the
 * others, and its name the op's (native/tensorflow/op_registration.h).
 */
export function nativeCall(
  name: string,
  inputs: TensorInfo[],
  attributes: Attributes,
  optionalInputs: OptionalInputs = {},
): NativeCall {
  const call = { name, inputs: [...inputs], attributes };
  for (const suffix in optionalInputs) {
    const input = optionalInputs[suffix];
    if (input === undefined) continue;
    call.name += suffix;
    call.inputs.push(input);
  }
  return call;
}

/** Runs a native op; its int32 inputs stay on the device from then on. */
export function executeCall(
  backend: TensorflowBackend,
  { name, inputs, attributes }: NativeCall,
): TensorInfo {
  keepOnDevice(backend, inputs);
  return backend.executeSingleOutput(name, toOpAttributes(backend, attributes), inputs);
}

/** The same, by the parts of the call. */
export function execute(
  backend: TensorflowBackend,
  ...call: Parameters<typeof nativeCall>
): TensorInfo {
  return executeCall(backend, nativeCall(...call));
}

/** The same for an op with several outputs. */
export function executeMultiple(
  backend: TensorflowBackend,
  name: string,
  inputs: TensorInfo[],
  attributes: Attributes,
  outputs: number,
  optionalInputs: OptionalInputs = {},
): TensorInfo[] {
  const call = nativeCall(name, inputs, attributes, optionalInputs);
  keepOnDevice(backend, call.inputs);
  const opAttributes = toOpAttributes(backend, attributes);
  return backend.executeMultipleOutputs(call.name, opAttributes, call.inputs, outputs);
}
