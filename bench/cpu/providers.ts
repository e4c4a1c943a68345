/** The products that `npm run bench:cpu` compares, all on the same random layer. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';

import * as tf from '../../src/index';
import { callsOf, type Calls } from '../measure';
import { type Int4Weight, type Int8Weight, int4Model, int8Model } from '../onnx/products';
import { ortSession, ortTensor } from '../onnx/runtime';

const { qutlass } = tf;

/** Which of the two formats a provider's weights are in; 'float32' is what both are measured by. */
export type Format = 'float32' | 'int8' | 'int4';

/** A provider, before it has a layer. */
export interface Provider {
  name: string;
  format: Format;
  library: 'tfjs-qutlass' | 'tfjs-node' | 'onnxruntime-node';
  group: number | null;
  bytesPerWeight: number;
  make(layer: Layer): Promise<Copy>;
}

/** A layer that every provider makes its weights of. */
export interface Layer {
  x: Tensor2D;
  kernel: Tensor2D;
  threads: number;
}

/** One provider's copy of the layer's weights. */
export interface Copy {
  calls: Calls;
  /** The product's values, to be checked. */
  product(): Promise<Float32Array>;
  dispose(): Promise<void>;
}

function tfjsCopy(call: () => Tensor, weights: Tensor[]): Copy {
  return {
    calls: callsOf(call),
    product: async () => {
      const result = call();
      const values = (await result.data()) as Float32Array;
      result.dispose();
      return values;
    },
    dispose: () => Promise.resolve(tf.dispose(weights)),
  };
}

async function ortCopy(model: Buffer, { x, threads }: Layer): Promise<Copy> {
  const session = await ortSession(model, threads);
  const feeds = { x: ortTensor((await x.data()) as Float32Array, x.shape) };
  return {
    calls: async (count) => {
      for (let i = 0; i < count; i++) (await session.run(feeds)).y.dispose();
    },
    product: async () => (await session.run(feeds)).y.data,
    dispose: () => session.release(),
  };
}

function float32({ x, kernel }: Layer): Copy {
  const copy = kernel.clone().add(0) as Tensor2D; // of its own memory, as a layer's kernel is
  return tfjsCopy(() => tf.matMul(x, copy), [copy]);
}

function int8({ x, kernel }: Layer): Copy {
  const { values, scale } = qutlass.quantizeWeightInt8(kernel);
  return tfjsCopy(() => qutlass.linearInt8(x, values, scale), [values, scale]);
}

function int4({ x, kernel }: Layer, groupSize: number): Copy {
  const { values, scales, zeros } = qutlass.quantizeWeightInt4(kernel, {
    groupSize,
    symmetric: true,
  });
  zeros.dispose(); // all 8, as of ONNX Runtime's weights
  return tfjsCopy(
    () => qutlass.matmulInt4Bf16(x, values, scales, null, { groupSize }),
    [values, scales],
  );
}

async function int8Weight(kernel: Tensor2D): Promise<Int8Weight> {
  const [k, n] = kernel.shape;
  const { values, scale } = qutlass.quantizeWeightInt8(kernel);
  const weight = {
    k,
    n,
    values: (await values.data()) as Int32Array,
    scale: (await scale.data()) as Float32Array,
  };
  tf.dispose([values, scale]);
  return weight;
}

async function int4Weight(kernel: Tensor2D, groupSize: number): Promise<Int4Weight> {
  const [k, n] = kernel.shape;
  const { values, scales, zeros } = qutlass.quantizeWeightInt4(kernel, {
    groupSize,
    symmetric: true,
  });
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

function ourInt4(group: number): Provider {
  return {
    name: `matmulInt4Bf16 g${group}`,
    format: 'int4',
    library: 'tfjs-qutlass',
    group,
    bytesPerWeight: 0.5 + 4 / group, // a scale a group
    make: (layer) => Promise.resolve(int4(layer, group)),
  };
}

function ortInt8(type: 'int8' | 'uint8'): Provider {
  return {
    name: `MatMulInteger ${type}`,
    format: 'int8',
    library: 'onnxruntime-node',
    group: null,
    bytesPerWeight: 1,
    make: async (layer) => ortCopy(int8Model(await int8Weight(layer.kernel), type), layer),
  };
}

function ortInt4(group: number, accuracyLevel: 0 | 4): Provider {
  return {
    name: `MatMulNBits b${group} acc${accuracyLevel}`,
    format: 'int4',
    library: 'onnxruntime-node',
    group,
    bytesPerWeight: 0.5 + 4 / group, // a scale a group
    make: async (layer) =>
      ortCopy(int4Model(await int4Weight(layer.kernel, group), accuracyLevel), layer),
  };
}

export const PROVIDERS: Provider[] = [
  {
    name: 'tf.matMul float32',
    format: 'float32',
    library: 'tfjs-node',
    group: null,
    bytesPerWeight: 4,
    make: (layer) => Promise.resolve(float32(layer)),
  },
  {
    name: 'linearInt8',
    format: 'int8',
    library: 'tfjs-qutlass',
    group: null,
    bytesPerWeight: 1,
    make: (layer) => Promise.resolve(int8(layer)),
  },
  ourInt4(128),
  ourInt4(32),
  ortInt8('int8'),
  ortInt8('uint8'),
  ortInt4(128, 4),
  ortInt4(32, 4),
  ortInt4(128, 0),
  ortInt4(32, 0),
];
