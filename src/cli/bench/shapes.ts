/** The weights that are measured: the four of a decoder's layer, divided over GPUs, or any other. */
import { UsageError } from '../arguments';
import type { ModelSizes } from './models';

/** A weight of N output and K input features. */
export interface Shape {
  model: string;
  /** Over how many GPUs the layer is divided; the shape is what one of them has. */
  tp: number;
  layer: string;
  n: number;
  k: number;
}

export const LAYERS = ['qkv', 'o', 'gate_up', 'down'] as const;
export type LayerName = (typeof LAYERS)[number];

function divided(size: number, tp: number, what: string, model: string): number {
  if (size % tp === 0) return size / tp;
  throw new UsageError(
    `--tp-sizes has ${tp}, which does not divide the ${size} ${what} of ${model}`,
  );
}

/**
 * The layers of a model as vLLM divides them: qkv and gate_up by columns (N), o and down by rows (K).
 * Where there are fewer heads of keys and values than GPUs, each has a copy of one. Throws UsageError.
 */
export function layersOf(model: ModelSizes, tp: number, layers: readonly LayerName[]): Shape[] {
  const { name, hiddenSize, headSize } = model;
  const heads = divided(model.attentionHeads, tp, 'heads', name);
  const keyValueHeads = Math.max(1, Math.ceil(model.keyValueHeads / tp));
  const intermediate = divided(model.intermediateSize, tp, 'intermediate features', name);
  const sizes: Record<LayerName, { n: number; k: number }> = {
    qkv: { n: (heads + 2 * keyValueHeads) * headSize, k: hiddenSize },
    o: { n: hiddenSize, k: heads * headSize },
    gate_up: { n: 2 * intermediate, k: hiddenSize },
    down: { n: hiddenSize, k: intermediate },
  };
  return layers.map((layer) => ({ model: name, tp, layer, ...sizes[layer] }));
}

/** A shape by itself, '4096x1024': N and K. Throws UsageError. */
export function namedShape(name: string): Shape {
  const [n, k] = (/^([1-9]\d*)x([1-9]\d*)$/.exec(name)?.slice(1) ?? []).map(Number);
  if (k === undefined) throw new UsageError(`--shapes has '${name}', expected NxK as in 4096x1024`);
  return { model: 'shape', tp: 1, layer: name, n, k };
}

/** 'Qwen3-8B tp2' */
export function modelTitle({ model, tp }: Pick<Shape, 'model' | 'tp'>): string {
  return tp === 1 ? model : `${model} tp${tp}`;
}

/** 'Qwen3-8B tp2 qkv' */
export function shapeTitle(shape: Pick<Shape, 'model' | 'tp' | 'layer'>): string {
  return `${modelTitle(shape)} ${shape.layer}`;
}
