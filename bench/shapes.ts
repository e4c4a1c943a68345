/** The shapes that every benchmark measures: real layers, by the model they come from. */

/** A weight of N output and K input features. */
export interface Shape {
  model: string;
  layer: string;
  n: number;
  k: number;
}

export const SHAPES: Shape[] = [
  { model: 'square', layer: '4096', n: 4096, k: 4096 },
  // So small that a call takes what JavaScript, TensorFlow and the launches take.
  { model: 'host', layer: '128x128', n: 128, k: 128 },
  { model: 'small', layer: '768x768', n: 768, k: 768 },
  { model: 'small', layer: '3072x768', n: 3072, k: 768 },
  { model: 'small', layer: '1024x1024', n: 1024, k: 1024 },
  { model: 'qwen3-8b', layer: 'qkv', n: 6144, k: 4096 },
  { model: 'qwen3-8b', layer: 'o', n: 4096, k: 4096 },
  { model: 'qwen3-8b', layer: 'gate_up', n: 24576, k: 4096 },
  { model: 'qwen3-8b', layer: 'down', n: 4096, k: 12288 },
  { model: 'llama-3.3-70b', layer: 'qkv', n: 10240, k: 8192 },
  { model: 'llama-3.3-70b', layer: 'o', n: 8192, k: 8192 },
  { model: 'llama-3.3-70b', layer: 'gate_up', n: 57344, k: 8192 },
  { model: 'llama-3.3-70b', layer: 'down', n: 8192, k: 28672 },
];

/** What `npm run bench:cpu` measures: a square, a large model's layers and a small one's. */
export const CPU_SHAPES: Shape[] = [
  { model: 'square', layer: '4096', n: 4096, k: 4096 },
  { model: 'llama-2-7b', layer: 'gate', n: 11008, k: 4096 },
  { model: 'llama-2-7b', layer: 'down', n: 4096, k: 11008 },
  { model: 'small', layer: '1024x1024', n: 1024, k: 1024 },
  { model: 'bert-base', layer: 'up', n: 3072, k: 768 },
  { model: 'bert-base', layer: 'down', n: 768, k: 3072 },
];

/** The shapes of one model. Throws where there is no such model. */
export function shapesOf(model: string): Shape[] {
  const shapes = SHAPES.filter((shape) => shape.model === model);
  if (shapes.length === 0) {
    const models = [...new Set(SHAPES.map((shape) => shape.model))].join(', ');
    throw new Error(`there is no model '${model}'; there are ${models}`);
  }
  return shapes;
}
