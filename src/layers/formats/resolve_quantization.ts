import { util } from '@tensorflow/tfjs-core';
import type { ScaleMethod } from '../../ops';
import { alternatives, valueText } from '../../ops/values';
import type { ActivationFormat, FormatName, Quantization } from './format';
import { formatOf } from './index';
import { invalidRotation, type LayerRotation } from './rotation';

/** By the format of weights, those of activations that there are; the first is the default. */
const ACTIVATIONS: Record<FormatName, readonly ActivationFormat[]> = {
  int8: ['int8'],
  int4: ['bf16', 'int4'],
};
const METHODS: readonly ScaleMethod[] = ['abs_max', 'quest'];

/** The settings beside the format, as a user or a config gives them: null is as good as absent. */
export interface QuantizationSettings {
  activations?: ActivationFormat | null;
  groupSize?: number | null;
  symmetric?: boolean | null;
  method?: ScaleMethod | null;
  rotation?: LayerRotation | null;
}

/**
 * A complete, checked `Quantization`.
 *
 * @param caller what to name in errors
 * @param name the format; `setting` is what the caller calls it
 */
export function resolveQuantization(
  caller: string,
  setting: string,
  name: unknown,
  given: QuantizationSettings,
): Quantization {
  const format = oneOf(caller, setting, name, Object.keys(ACTIVATIONS) as FormatName[]);
  const of = ACTIVATIONS[format];
  const activations = oneOf(caller, 'activations', given.activations ?? of[0], of);
  const weightFormat = formatOf({ activations });
  const { defaults } = weightFormat;
  const symmetric = given.symmetric ?? defaults.symmetric;
  util.assert(
    typeof symmetric === 'boolean',
    () => `${caller}: symmetric is ${valueText(given.symmetric)}, expected true or false`,
  );
  const quantization: Quantization = {
    ...{ format, activations, symmetric },
    groupSize: given.groupSize ?? defaults.groupSize,
    ...(given.method != null && { method: oneOf(caller, 'method', given.method, METHODS) }),
    ...(given.rotation != null && { rotation: given.rotation }),
  };
  const reason =
    (given.rotation != null ? invalidRotation(given.rotation) : null) ??
    weightFormat.invalid(quantization);
  util.assert(reason === null, () => `${caller}: ${reason}`);
  return quantization;
}

function oneOf<T extends string>(
  caller: string,
  setting: string,
  value: unknown,
  expected: readonly T[],
): T {
  util.assert(
    expected.includes(value as T),
    () => `${caller}: ${setting} is ${valueText(value)}, expected ${alternatives(expected)}`,
  );
  return value as T;
}
