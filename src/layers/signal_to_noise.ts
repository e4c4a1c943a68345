import { square, stack, sub, sum, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { formatOf, type Quantization } from './formats';
import { chunks, type LayerKind } from './kinds';

/**
 * How much stronger a kernel is than what quantizing it changed, in dB: 10·log10(Σw² / Σ(w − ŵ)²).
 * Infinite where nothing changed. A chunk of rows at a time, so that no float copy of the kernel is
 * made.
 *
 * @param weights what the kernel was packed to
 */
export function signalToNoise(
  kind: LayerKind,
  kernel: Tensor,
  weights: Tensor[],
  quantization: Quantization,
): number {
  const [n, k] = kind.rowsShape(kernel.shape);
  const packed = weights.map((weight) => ({
    values: weight.dataSync() as Int32Array | Float32Array,
    width: weight.size / n,
    shape: weight.shape.slice(1),
    dtype: weight.dtype,
  }));
  const total = { signal: 0, noise: 0 };
  for (const { start, count } of chunks(n, k)) {
    const [signal, noise] = tidy(() => {
      const rows = kind.rows(kernel, start, count);
      const parts = packed.map(({ values, width, shape, dtype }) =>
        tensor(
          values.subarray(start * width, (start + count) * width),
          [count, ...shape],
          dtype as 'int32' | 'float32',
        ),
      );
      const quantized = formatOf(quantization).dequantize(parts, k, quantization);
      return stack([sum(square(rows)), sum(square(sub(rows, quantized)))]).dataSync();
    });
    total.signal += signal;
    total.noise += noise;
  }
  return total.noise === 0 ? Infinity : 10 * Math.log10(total.signal / total.noise);
}
