import { valueText } from '../ops/values';
import { QutlassModelError } from './model_error';

/**
 * The version of how quantized layers are saved: their configs, and the layout of their weights. It
 * goes up when a tfjs-qutlass of before could not read, or would misread, what is saved; files of
 * every version below go on loading (test/fixtures/saved_models).
 */
export const FORMAT_VERSION = 1;

/** @throws QutlassModelError where a config is of a version that is not known here. */
export function checkFormatVersion(label: string, version: unknown): void {
  if (version == null) return; // made by a program, not loaded
  const known = Number.isInteger(version) && (version as number) >= 1;
  if (known && (version as number) <= FORMAT_VERSION) return;
  throw new QutlassModelError(
    'UNSUPPORTED_VERSION',
    `${label}: was saved in format version ${valueText(version)}, and this tfjs-qutlass reads ` +
      `versions up to ${FORMAT_VERSION}${known ? ': install a newer one' : ''}`,
  );
}
