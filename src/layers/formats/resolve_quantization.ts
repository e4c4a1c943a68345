import { util } from '@tensorflow/tfjs-core';
import type { ScaleMethod } from '../../ops';
import { alternatives, valueText } from '../../ops/values';
import type { ActivationFormat, Quantization } from './format';
import { activationsFor, FORMAT_NAMES, formatOf } from './index';
import { invalidRotation, type LayerRotation } from './rotation';

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
  const format = oneOf(caller, setting, name, FORMAT_NAMES);
  const known = activationsFor(format);
  const activations = oneOf(caller, 'activations', given.activations ?? known[0], known);
  const weightFormat = formatOf({ format, activations });
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
