import type { Quantization, WeightFormat } from './format';
import { int4 } from './int4';
import { int4Activations } from './int4_activations';
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

const formats: Record<Quantization['activations'], WeightFormat> = {
  int8,
  bf16: int4,
  int4: int4Activations,
};

export function formatOf({ activations }: Pick<Quantization, 'activations'>): WeightFormat {
  return formats[activations];
}

/** Why a kernel of `k` rows cannot be quantized so, or null where it can. */
export function unsupportedKernel(k: number, quantization: Quantization): string | null {
  return (
    unsupportedWidth(k, quantization.rotation) ??
    formatOf(quantization).unsupported(k, quantization)
  );
}
