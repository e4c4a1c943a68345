import type { layers } from '@tensorflow/tfjs-layers';
import { dense } from './dense';
import { embedding } from './embedding';
import type { LayerKind } from './kind';
import type { QuantizedLayer } from '../quantized_layer';
import { pointwiseConv } from './pointwise_conv';
import { recurrent } from './recurrent';
import { timeDistributed } from './time_distributed';

export { chunks } from './chunks';
export type { LayerConfig, LayerKind } from './kind';

// dense before timeDistributed: a QuantizedDense layer becomes a Dense one again.
const kinds: readonly LayerKind[] = [dense, timeDistributed, pointwiseConv, embedding, recurrent];

/** The kind of a float layer, or the reason why it has none. */
export function kindOf(layer: layers.Layer): LayerKind | { reason: string } {
  const className = layer.getClassName();
  const kind = kinds.find(({ classNames }) => classNames.includes(className));
  if (kind === undefined) return { reason: `no quantized form of ${className}` };
  const reason = kind.unsupported(layer);
  return reason === null ? kind : { reason };
}

/** A dense layer with an adapter (src/training/lora_dense.ts) counts as the one that it extends. */
function quantizedClassOf(layer: layers.Layer): string {
  const className = layer.getClassName();
  return className === 'LoraDense' ? dense.quantizedClass : className;
}

/** By name, not by class: where this package is loaded twice, a model has the layers of one copy. */
export function isQuantizedLayer(layer: layers.Layer): layer is QuantizedLayer {
  return kinds.some(({ quantizedClass }) => quantizedClass === quantizedClassOf(layer));
}

/** The kind that a quantized layer goes back to. */
export function kindOfQuantized(layer: QuantizedLayer): LayerKind {
  return kinds.find(({ quantizedClass }) => quantizedClass === quantizedClassOf(layer))!;
}
