import type { ActivationFormat, FormatName, Quantization, WeightFormat } from './format';
import { int4 } from './int4';
import { int4Activations } from './int4_activations';
import { int4WithInt8Activations } from './int4_with_int8_activations';
import { int8 } from './int8';
import { unsupportedWidth } from './rotation';

export type { ActivationFormat, FormatName, Quantization, WeightFormat } from './format';
export {
  hasMatrix,
  matrixSize,
  matrixWeight,
  rotationText,
  withMatrix,
  type LayerRotation,
} from './rotation';

/** By the format of weights and that of activations, of which the first is the default. */
const formats: Record<FormatName, Partial<Record<ActivationFormat, WeightFormat>>> = {
  int8: { int8 },
  int4: { bf16: int4, int8: int4WithInt8Activations, int4: int4Activations },
};

export const FORMAT_NAMES = Object.keys(formats) as FormatName[];

/** What inputs can be multiplied as with weights of this format; the first is the default. */
export function activationsFor(format: FormatName): ActivationFormat[] {
  return Object.keys(formats[format]) as ActivationFormat[];
}

type Formats = Pick<Quantization, 'format' | 'activations'>;

export function formatOf({ format, activations }: Formats): WeightFormat {
  return formats[format][activations]!;
}

/** Why a kernel of `k` rows cannot be quantized so, or null where it can. */
export function unsupportedKernel(k: number, quantization: Quantization): string | null {
  return (
    unsupportedWidth(k, quantization.rotation) ??
    formatOf(quantization).unsupported(k, quantization)
  );
}
