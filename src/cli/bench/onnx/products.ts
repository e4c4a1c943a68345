/** ONNX models of a quantized product, `x [m, k]` times a weight, from our packed weights. */
import { type Constant, modelOf } from './model';

/** Weights as `quantizeWeightInt8` packs them: `[n, ceil(k/4)]` words, one scale a row. */
export interface Int8Weight {
  k: number;
  n: number;
  values: Int32Array;
  scale: Float32Array;
}

/** Weights as `quantizeWeightInt4` packs them, symmetric: every zero point is 8. */
export interface Int4Weight {
  k: number;
  n: number;
  groupSize: number;
  values: Int32Array;
  scales: Float32Array;
}

function bytesOf(values: Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** int8 rows `[n, k]` as columns `[k, n]`, `offset` added to each. */
function transposed({ k, n, values }: Int8Weight, offset: number): Uint8Array {
  const rows = bytesOf(values);
  const rowBytes = rows.length / n;
  const columns = new Uint8Array(k * n);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < k; i++) columns[i * n + j] = rows[j * rowBytes + i] + offset;
  }
  return columns;
}

/**
 * `DynamicQuantizeLinear`, `MatMulInteger` and the two scales, as ONNX Runtime's own dynamic
 * quantization writes it; ONNX Runtime runs it as one `DynamicQuantizeMatMul`. Weights are int8, or
 * the same uint8 with a zero point of 128.
 */
export function int8Model(weight: Int8Weight, type: 'int8' | 'uint8'): Buffer {
  const zero = type === 'int8' ? 0 : 128;
  const { k, n } = weight;
  const constants: Constant[] = [
    { name: 'w', type, shape: [k, n], data: transposed(weight, zero) },
    { name: 'w_zero', type, shape: [], data: new Uint8Array([zero]) },
    { name: 'w_scale', type: 'float32', shape: [n], data: bytesOf(weight.scale) },
  ];
  return modelOf({
    k,
    n,
    constants,
    nodes: [
      { type: 'DynamicQuantizeLinear', inputs: ['x'], outputs: ['q', 'q_scale', 'q_zero'] },
      { type: 'MatMulInteger', inputs: ['q', 'w', 'q_zero', 'w_zero'], outputs: ['sums'] },
      { type: 'Cast', inputs: ['sums'], outputs: ['products'], attributes: { to: 1 } },
      { type: 'Mul', inputs: ['q_scale', 'w_scale'], outputs: ['scales'] },
      { type: 'Mul', inputs: ['products', 'scales'], outputs: ['y'] },
    ],
  });
}

/**
 * `MatMulNBits` of 4 bits. Its weights `[n, k / block_size, block_size / 2]` have the bytes of ours.
 * With `accuracyLevel` 4 it may round x to int8, with 0 it computes in float32.
 *
 * @throws where k is not a multiple of the group size.
 */
export function int4Model(weight: Int4Weight, accuracyLevel: 0 | 4): Buffer {
  const { k, n, groupSize } = weight;
  if (k % groupSize !== 0) throw new Error(`K is ${k}, expected a multiple of ${groupSize}`);
  const groups = k / groupSize;
  const constants: Constant[] = [
    { name: 'w', type: 'uint8', shape: [n, groups, groupSize / 2], data: bytesOf(weight.values) },
    { name: 'w_scale', type: 'float32', shape: [n * groups], data: bytesOf(weight.scales) },
  ];
  const attributes = {
    K: k,
    N: n,
    bits: 4,
    block_size: groupSize,
    accuracy_level: accuracyLevel,
  };
  return modelOf({
    k,
    n,
    constants,
    nodes: [
      {
        type: 'MatMulNBits',
        domain: 'com.microsoft',
        inputs: ['x', 'w', 'w_scale'],
        outputs: ['y'],
        attributes,
      },
    ],
  });
}
