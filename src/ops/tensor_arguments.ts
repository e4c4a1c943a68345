/** From what a caller passes to a tensor of the right dtype, without loss. */
import { Tensor, tensor, util } from '@tensorflow/tfjs-core';
import type { TensorLike } from '@tensorflow/tfjs-core';

import { shapeText, valueText } from './values';

type NumericDtype = 'float32' | 'int32';

function isInt32(value: number): boolean {
  return (value | 0) === value;
}

/** The numbers of an array, however deeply nested. */
function elementsOf(op: string, name: string, value: TensorLike): ArrayLike<number> {
  if (util.isTypedArray(value)) return value as ArrayLike<number>;
  const elements: unknown[] = util.flatten(value as number[]);
  const index = elements.findIndex((element) => typeof element !== 'number');
  util.assert(
    index < 0,
    () => `${op}: ${name} has ${valueText(elements[index])} at index ${index}, expected numbers`,
  );
  return elements as number[];
}

/** The dtype of an array: its own where that is one of `dtypes`, else one that holds it. */
function dtypeOf(
  value: TensorLike,
  elements: ArrayLike<number>,
  dtypes: readonly NumericDtype[],
): NumericDtype | undefined {
  const isIntegerArray = util.isTypedArray(value) && !(value instanceof Float32Array);
  if (isIntegerArray && dtypes.includes('int32')) return 'int32';
  if (dtypes.includes('float32')) return 'float32';
  return Array.from(elements).every(isInt32) ? 'int32' : undefined;
}

function convert(
  op: string,
  name: string,
  value: TensorLike,
  dtypes: readonly NumericDtype[],
): Tensor {
  const expected = `a tensor or an array of ${dtypes.join(' or ')}`;
  util.assert(
    typeof value === 'number' || Array.isArray(value) || util.isTypedArray(value),
    () => `${op}: ${name} is ${valueText(value)}, expected ${expected}`,
  );
  const elements = elementsOf(op, name, value);
  const dtype = dtypeOf(value, elements, dtypes);
  util.assert(
    dtype !== undefined,
    () => `${op}: ${name} has elements that are not integers of 32 bits, expected ${expected}`,
  );
  const converted = tensor(value, undefined, dtype);
  util.assert(
    converted.size === elements.length,
    () =>
      `${op}: ${name} is ragged: it has ${elements.length} elements, expected ${converted.size} ` +
      `for shape ${shapeText(converted.shape)}`,
  );
  return converted;
}

/**
 * The tensor that an argument is, or that its array stands for.
 * @throws where it is neither, is disposed, or has none of `dtypes`.
 */
export function toTensor(
  op: string,
  name: string,
  value: Tensor | TensorLike,
  ...dtypes: NumericDtype[]
): Tensor {
  if (!(value instanceof Tensor)) return convert(op, name, value, dtypes);
  util.assert(!value.isDisposed, () => `${op}: ${name} is a tensor that is already disposed`);
  util.assert(
    dtypes.some((dtype) => dtype === value.dtype),
    () => `${op}: ${name} has dtype ${value.dtype}, expected ${dtypes.join(' or ')}`,
  );
  return value;
}

/** `toTensor`, and undefined for an argument that is absent. */
export function toOptionalTensor(
  op: string,
  name: string,
  value: Tensor | TensorLike | null | undefined,
  dtype: NumericDtype,
): Tensor | undefined {
  return value == null ? undefined : toTensor(op, name, value, dtype);
}
