import type { GraphModel } from '@tensorflow/tfjs-converter';
import type { Note } from '../layers/quantization_notes';

// By name of the node. Kept beside the models: a model file holds neither reasons nor measurements.
const notes = new WeakMap<GraphModel, Map<string, Note>>();

/** What only `quantizeGraphModel` knows of the nodes of a graph. */
export function noteGraph(model: GraphModel, what: Map<string, Note>): void {
  notes.set(model, what);
}

export function notesOfGraph(model: GraphModel): Map<string, Note> {
  return notes.get(model) ?? new Map<string, Note>();
}
