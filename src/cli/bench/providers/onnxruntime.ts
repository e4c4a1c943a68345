/** ONNX Runtime's quantized products on the CPU, of weights that are ours. */
import type { Tensor2D } from '@tensorflow/tfjs-core';

import type { LayerWeights } from '../layer_weights';
import { type Int4Weight, type Int8Weight, int4Model, int8Model } from '../onnx/products';
import { type OrtSession, ortSession, ortTensor } from '../onnx/runtime';
import { int4BytesPerWeight } from './int4';
import type { Product, Provider } from './provider';

const COMMON = { library: 'onnxruntime-node', hadamard: 0, bytesPerInput: 4 } as const;

async function int8Weight({ tf }: LayerWeights, kernel: Tensor2D): Promise<Int8Weight> {
  const [k, n] = kernel.shape;
  const { values, scale } = tf.qutlass.quantizeWeightInt8(kernel);
  const weight = {
    k,
    n,
    values: (await values.data()) as Int32Array,
    scale: (await scale.data()) as Float32Array,
  };
  tf.dispose([values, scale]);
  return weight;
}

async function int4Weight(
  { tf }: LayerWeights,
  kernel: Tensor2D,
  groupSize: number,
): Promise<Int4Weight> {
  const [k, n] = kernel.shape;
  const options = { groupSize, symmetric: true };
  const { values, scales, zeros } = tf.qutlass.quantizeWeightInt4(kernel, options);
  const weight = {
    k,
    n,
    groupSize,
    values: (await values.data()) as Int32Array,
    scales: (await scales.data()) as Float32Array,
  };
  tf.dispose([values, scales, zeros]);
  return weight;
}

async function sessionProduct(
  name: string,
  layer: LayerWeights,
  x: Tensor2D,
  makeModel: (kernel: Tensor2D) => Promise<Buffer>,
): Promise<Product> {
  const { tf, threads } = layer;
  const session = await layer.quantized<OrtSession>(
    name,
    0,
    async (kernel) => ortSession(await makeModel(kernel), threads),
    (made) => made.release(),
  );
  const feeds = { x: ortTensor((await x.data()) as Float32Array, x.shape) };
  return {
    call: async () => (await session.run(feeds)).y.dispose(),
    settle: () => undefined,
    result: async () => {
      const { data } = (await session.run(feeds)).y;
      return tf.tensor2d(data, [x.shape[0], data.length / x.shape[0]]);
    },
    dispose: () => Promise.resolve(),
  };
}

/** `DynamicQuantizeLinear` and `MatMulInteger`, which ONNX Runtime fuses. */
export function onnxruntimeInt8(name: string, type: 'int8' | 'uint8'): Provider {
  return {
    ...COMMON,
    name,
    format: 'int8',
    group: null,
    bytesPerWeight: 1,
    product: (layer, x) =>
      sessionProduct(name, layer, x, async (kernel) =>
        int8Model(await int8Weight(layer, kernel), type),
      ),
  };
}

/** `MatMulNBits`; with an accuracy level of 4 it may round x to int8, with 0 it computes in float32. */
export function onnxruntimeInt4(name: string, group: number, accuracyLevel: 0 | 4): Provider {
  return {
    ...COMMON,
    name,
    format: 'int4',
    group,
    bytesPerWeight: int4BytesPerWeight(group),
    product: (layer, x) =>
      sessionProduct(name, layer, x, async (kernel) =>
        int4Model(await int4Weight(layer, kernel, group), accuracyLevel),
      ),
  };
}
