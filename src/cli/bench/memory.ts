/** What a measurement needs of memory, and what there is. */
import type { Package } from '../models/load_package';
import type { Provider } from './providers/provider';
import type { Shape } from './shapes';

const FLOAT_BYTES = 4;
/** Some is left to all else on the machine, or to TensorFlow's workspaces. */
const USABLE = 0.9;

/** In bytes, on the device that tfjs computes on. */
export function availableMemory(tf: Package, onGpu: boolean): number {
  if (!onGpu) return process.availableMemory() * USABLE;
  const [gpu] = tf.qutlass.info().native!.gpus;
  return gpu.memoryBytes * USABLE - tf.memory().numBytes;
}

function isOnnxruntime({ library }: Provider): boolean {
  return library === 'onnxruntime-node';
}

/** The float weights, twice while they are made, and each provider's own; a session holds three. */
export function layerBytes({ n, k }: Shape, providers: readonly Provider[]): number {
  const own = providers
    .filter(({ format }) => format !== 'float32')
    .map((provider) => provider.bytesPerWeight * (isOnnxruntime(provider) ? 3 : 1));
  return n * k * (2 * FLOAT_BYTES + own.reduce((sum, bytes) => sum + bytes, 0));
}

/** x, twice while it is made, with its quantized forms, and two results. */
export function cellBytes({ n, k }: Shape, m: number, providers: readonly Provider[]): number {
  const copies = providers.filter(isOnnxruntime).length; // each has x once more
  const x = m * k * (FLOAT_BYTES * (2 + copies) + 2);
  return x + 2 * m * n * FLOAT_BYTES;
}
