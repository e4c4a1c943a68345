import type { layers } from '@tensorflow/tfjs-layers';

/** What only `quantizeModel` knows of a layer. */
export interface Note {
  /** Why the layer was left as it was. */
  reason?: string;
  /** Of a quantized layer's kernel, in dB. */
  signalToNoise?: number;
}

// Kept beside the layers, not in them: a model file holds neither reasons nor measurements.
const notes = new WeakMap<layers.Layer, Note>();

export function note(layer: layers.Layer, what: Note): void {
  notes.set(layer, what);
}

export function noteOf(layer: layers.Layer): Note {
  return notes.get(layer) ?? {};
}
