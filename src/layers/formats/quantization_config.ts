import type { Quantization } from './format';
import { activationsFor } from './index';
import { rotationConfig } from './rotation';

/** What the config of a layer says of its quantization; `QuantizationArgs` reads it again. */
export function quantizationConfig(quantization: Quantization) {
  const { format, activations, groupSize, symmetric, method, rotation } = quantization;
  return {
    format,
    groupSize: groupSize ?? null,
    symmetric,
    ...(activations !== activationsFor(format)[0] && { activations }),
    ...(method === 'quest' && { method }),
    ...(rotation !== undefined && { rotation: rotationConfig(rotation) }),
    formatVersion: formatVersion(quantization),
  };
}

/** The first version of format_version.ts that reads it: who has an older one should not be refused. */
function formatVersion({ format, activations, method, rotation }: Quantization): number {
  if (format === 'int4' && activations === 'int8') return 3;
  const isPlain = activations !== 'int4' && method !== 'quest' && rotation === undefined;
  return isPlain ? 1 : 2;
}
