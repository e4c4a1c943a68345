import { util } from '@tensorflow/tfjs-core';
import { alternatives, valueText } from '../../ops/values';
import type { FormatName, Quantization, WeightFormat } from './format';
import { int4 } from './int4';
import { int8 } from './int8';

export type { FormatName, Quantization, WeightFormat } from './format';

const formats: Record<FormatName, WeightFormat> = { int8, int4 };
const formatNames = Object.keys(formats) as FormatName[];

export function formatOf({ format }: Quantization): WeightFormat {
  return formats[format];
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
  given: { groupSize?: number; symmetric?: boolean },
): Quantization {
  util.assert(
    formatNames.includes(name as FormatName),
    () => `${caller}: ${setting} is ${valueText(name)}, expected ${alternatives(formatNames)}`,
  );
  const weightFormat = formats[name as FormatName];
  const { defaults } = weightFormat;
  const quantization: Quantization = {
    format: name as FormatName,
    groupSize: given.groupSize ?? defaults.groupSize,
    symmetric: given.symmetric ?? defaults.symmetric,
  };
  util.assert(
    typeof quantization.symmetric === 'boolean',
    () => `${caller}: symmetric is ${valueText(given.symmetric)}, expected true or false`,
  );
  const reason = weightFormat.invalid(quantization);
  util.assert(reason === null, () => `${caller}: ${reason}`);
  return quantization;
}
