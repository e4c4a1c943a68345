import { valueText } from '../ops/values';
import { QutlassModelError } from './model_error';

/**
 * The version of how quantized layers are saved: their configs, and the layout of their weights. It
 * goes up when a tfjs-qutlass of before could not read, or would misread, what is saved; files of
 * every version below go on loading (test/fixtures/saved_models).
 *
 * 1: int8 weights with int8 activations, int4 weights with bf16 activations. 2: int4 activations,
 * rotations, scale methods. 3: int4 weights with int8 activations. A layer is saved as the first version
 * that has all of what it has.
 */
export const FORMAT_VERSION = 3;

/** @throws QutlassModelError where a config is of a version that is not known here. */
export function checkFormatVersion(
  label: string,
  version: unknown,
  newest: number = FORMAT_VERSION,
): void {
  if (version == null) return; // made by a program, not loaded
  const known = Number.isInteger(version) && (version as number) >= 1;
  if (known && (version as number) <= newest) return;
  throw new QutlassModelError(
    'UNSUPPORTED_VERSION',
    `${label}: was saved in format version ${valueText(version)}, and this tfjs-qutlass reads ` +
      `versions up to ${newest}${known ? ': install a newer one' : ''}`,
  );
}
