/** What `npm run bench:cpu` measures: a square, a large model's layers and a small one's. */
import type { Shape } from '../../src/cli/bench/shapes';

export const CPU_SHAPES: Shape[] = [
  { model: 'square', tp: 1, layer: '4096', n: 4096, k: 4096 },
  { model: 'llama-2-7b', tp: 1, layer: 'gate', n: 11008, k: 4096 },
  { model: 'llama-2-7b', tp: 1, layer: 'down', n: 4096, k: 11008 },
  { model: 'small', tp: 1, layer: '1024x1024', n: 1024, k: 1024 },
  { model: 'bert-base', tp: 1, layer: 'up', n: 3072, k: 768 },
  { model: 'bert-base', tp: 1, layer: 'down', n: 768, k: 3072 },
];
