import { square, stack, sub, sum, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { formatOf, type Quantization } from './formats';
import { chunks, type LayerKind } from './kinds';

/** A kernel before and after it was packed. */
export interface PackedKernel {
  float: Tensor;
  packed: Tensor[];
}

/**
 * How much stronger the kernels of a layer are than what quantizing them changed, in dB:
 * 10·log10(Σw² / Σ(w − ŵ)²). Infinite where nothing changed.
 */
export function signalToNoise(
  kind: LayerKind,
  kernels: PackedKernel[],
  quantization: Quantization,
): number {
  let signal = 0;
  let noise = 0;
  for (const kernel of kernels) {
    for (const [power, difference] of powers(kind, kernel, quantization)) {
      signal += power;
      noise += difference;
    }
  }
  return noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
}

/** Σw² and Σ(w − ŵ)² of a chunk of rows at a time: no float copy of the kernel is made. */
function* powers(
  kind: LayerKind,
  { float, packed }: PackedKernel,
  quantization: Quantization,
): Generator<Float32Array, void> {
  const [n, k] = kind.rowsShape(float.shape);
  const weights = packed.map((weight) => ({
    values: weight.dataSync() as Int32Array | Float32Array,
    width: weight.size / n,
    shape: weight.shape.slice(1),
    dtype: weight.dtype as 'int32' | 'float32',
  }));
  for (const { start, count } of chunks(n, k)) {
    yield tidy(() => {
      const rows = kind.rows(float, start, count);
      const parts = weights.map(({ values, width, shape, dtype }) => {
        const chunk = values.subarray(start * width, (start + count) * width);
        return tensor(chunk, [count, ...shape], dtype);
      });
      const quantized = formatOf(quantization).dequantize(parts, k, quantization);
      return stack([sum(square(rows)), sum(square(sub(rows, quantized)))]).dataSync<'float32'>();
    });
  }
}
