/** Option objects: unknown keys and wrong types are errors, null is as good as absent. */
import { Tensor, util } from '@tensorflow/tfjs-core';

import { alternatives, valueText } from './values';

/** What an option may be; the message that refuses another value says `expected`. */
export interface OptionType {
  expected: string;
  accepts: (value: unknown) => boolean;
}

export const BOOLEAN: OptionType = {
  expected: 'true or false',
  accepts: (value) => typeof value === 'boolean',
};

export const POSITIVE_INTEGER: OptionType = {
  expected: 'a positive integer',
  accepts: (value) => Number.isInteger(value) && (value as number) > 0,
};

export const INTEGER: OptionType = {
  expected: 'an integer',
  accepts: (value) => Number.isInteger(value),
};

export const NUMBER: OptionType = {
  expected: 'a number',
  accepts: (value) => Number.isFinite(value),
};

export const FUNCTION: OptionType = {
  expected: 'a function',
  accepts: (value) => typeof value === 'function',
};

export const RATIO: OptionType = {
  expected: 'a number over 0 and at most 1',
  accepts: (value) => typeof value === 'number' && value > 0 && value <= 1,
};

export const WEIGHT_BITS: OptionType = {
  expected: '4 or 8',
  accepts: (value) => value === 4 || value === 8,
};

export const TENSOR: OptionType = {
  expected: 'a tensor or an array',
  accepts: (value) =>
    value instanceof Tensor ||
    Array.isArray(value) ||
    util.isTypedArray(value as object) ||
    typeof value === 'number',
};

const FUSED_ACTIVATIONS = ['linear', 'relu', 'relu6'];

export const ACTIVATION: OptionType = {
  expected: `${alternatives(FUSED_ACTIVATIONS)} (apply any other to the result)`,
  accepts: (value) => FUSED_ACTIVATIONS.includes(value as string),
};

const SCALE_METHODS = ['abs_max', 'quest'];

export const SCALE_METHOD: OptionType = {
  expected: alternatives(SCALE_METHODS),
  accepts: (value) => SCALE_METHODS.includes(value as string),
};

const HADAMARD_BLOCK_SIZES = [16, 32, 64, 128, 256, 512, 1024];

export const HADAMARD_BLOCK_SIZE: OptionType = {
  expected: '16, 32, 64, 128, 256, 512 or 1024',
  accepts: (value) => HADAMARD_BLOCK_SIZES.includes(value as number),
};

export const ROTATION: OptionType = {
  expected: '{hadamard: a block size} or {matrix: a tensor}',
  accepts: isOptionObject,
};

/** Rules out what a caller may have meant for the argument before the options. */
function isOptionObject(options: unknown): boolean {
  const isTensorLike =
    options instanceof Tensor || Array.isArray(options) || ArrayBuffer.isView(options);
  return typeof options === 'object' && !isTensorLike;
}

type GivenOptions<Options> = { [Key in keyof Options]?: NonNullable<Options[Key]> };

/** The options that were given, each checked against its type. */
export function readOptions<Options extends object>(
  op: string,
  options: Options | null | undefined,
  types: { [Key in keyof Required<Options>]: OptionType },
): GivenOptions<Options> {
  util.assert(
    options == null || isOptionObject(options),
    () => `${op}: the options are ${valueText(options)}, expected an object`,
  );
  const given: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(options ?? {})) {
    util.assert(
      Object.prototype.hasOwnProperty.call(types, key),
      () => `${op}: unknown option '${key}', expected ${alternatives(Object.keys(types))}`,
    );
    if (value == null) continue;
    const { expected, accepts } = types[key as keyof Options];
    util.assert(accepts(value), () => `${op}: ${key} is ${valueText(value)}, expected ${expected}`);
    given[key] = value;
  }
  return given as GivenOptions<Options>;
}
