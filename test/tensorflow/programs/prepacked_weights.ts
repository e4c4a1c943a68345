/**
 * Multiplies with weights until they would be prepacked and their products made without TensorFlow,
 * uses them otherwise, and again; prints for each op whether anything but the time was different.
 */
import { findBackend } from '@tensorflow/tfjs-core';

import * as tf from '../../../src/index';
import type { TensorflowBackend } from '../../../src/kernels/tensorflow/backend';
import { makeSmallProductsWith } from '../../../src/kernels/tensorflow/small_products';
import { loadAddon } from '../../../src/runtime/addon';

const PRODUCTS = 40;
/** Of the same operands, one after the other: the first of them is TensorFlow's. */
const REPEATS = 3;
const K = 304;
const N = 70;

const backend = findBackend('tensorflow') as TensorflowBackend & { getNumOfTFTensors(): number };

/** Those that hold weights. */
const preparedProducts = new Set<object>();

class CountedProduct extends loadAddon().PreparedProduct {
  override hold(token: number): void {
    preparedProducts.add(this);
    super.hold(token);
  }
  override dispose(): void {
    preparedProducts.delete(this);
    super.dispose();
  }
}
makeSmallProductsWith(backend, CountedProduct);

const counts = () => ({ tensors: tf.memory().numTensors, handles: backend.getNumOfTFTensors() });

/** Whether the handle of a tensor is that of prepacked weights. */
function isPrepacked({ dataId }: tf.Tensor): boolean {
  const record = backend.tensorMap.get(dataId);
  return Object.getOwnPropertyDescriptor(record, 'id')!.get !== undefined;
}

/** Whether a tensor's values have not been TensorFlow's yet. */
function isWaiting({ dataId }: tf.Tensor): boolean {
  return backend.tensorMap.get(dataId).values !== null;
}

function bitsOf(tensor: tf.Tensor): string {
  const bits = Buffer.from(tensor.dataSync<'int32'>().buffer).toString('hex');
  tensor.dispose();
  return bits;
}

type Product = (x: tf.Tensor, weights: tf.Tensor[]) => tf.Tensor;

interface Op {
  /** The weights: all that may be prepacked. */
  weights: () => tf.Tensor[];
  /** Of several kinds. */
  products: Product[];
}

const bias = tf.randomNormal([N], 0, 1, 'float32', 3);
const scale = tf.scalar(0.01);
const matrix = tf.eye(K);
const kernel = tf.randomNormal([K, N], 0, 1, 'float32', 1) as tf.Tensor2D;

// tfjs-node makes a tensor's handle when it is first used: before handles are counted.
tf.tidy(() => [bias, scale, matrix, kernel].forEach((tensor) => tf.neg(tensor)));

function int8Weights(): tf.Tensor[] {
  const { values, scale } = tf.qutlass.quantizeWeightInt8(kernel);
  scale.dispose();
  return [values];
}

function int4Weights(haveZeros: boolean): tf.Tensor[] {
  const { values, scales, zeros } = tf.qutlass.quantizeWeightInt4(kernel, { groupSize: 16 });
  if (haveZeros) return [values, scales, zeros];
  zeros.dispose();
  return [values, scales];
}

const matmulInt4Bf16: Product[] = [
  (x, [w, scales, zeros]) =>
    tf.qutlass.matmulInt4Bf16(x, w, scales, zeros ?? null, { bias, activation: 'relu' }),
  (x, [w, scales, zeros]) => tf.qutlass.matmulInt4Bf16(x, w, scales, zeros ?? null),
];

const OPS: Record<string, Op> = {
  linearInt8: {
    weights: int8Weights,
    products: [
      (x, [w]) => tf.qutlass.linearInt8(x, w, scale, { bias, activation: 'relu' }),
      (x, [w]) => tf.qutlass.linearInt8(x, w, scale, { symmetric: false }),
      (x, [w]) => tf.qutlass.linearInt8(x, w, scale, { rotation: { matrix } }),
    ],
  },
  matmulInt4Bf16: { weights: () => int4Weights(false), products: matmulInt4Bf16 },
  'matmulInt4Bf16 with zeros': { weights: () => int4Weights(true), products: matmulInt4Bf16 },
  linearInt8Int4: {
    weights: () => int4Weights(false),
    products: [
      (x, [w, scales]) =>
        tf.qutlass.linearInt8Int4(x, w, scales, null, { bias, activation: 'relu' }),
      (x, [w, scales]) => tf.qutlass.linearInt8Int4(x, w, scales, null, { method: 'quest' }),
    ],
  },
};

function outcomeOf({ weights: makeWeights, products }: Op) {
  const start = counts();
  const weights = makeWeights();
  const x = tf.randomNormal([5, K], 0, 1, 'float32', 2);
  let direct = false;
  const result = (product: Product) => {
    const y = product(x, weights);
    direct ||= isWaiting(y);
    return bitsOf(y);
  };
  const results = () =>
    products.flatMap((product) => Array.from({ length: REPEATS }, () => result(product))).join();
  const gradient = () => bitsOf(tf.grad((input) => products[1](input, weights))(x));
  const bitsOfWeights = () => weights.map((tensor) => bitsOf(tensor.clone())).join();

  const first = products.map((product) => result(product)); // before weights are prepacked
  const expected = {
    results: first.flatMap((bits) => Array(REPEATS).fill(bits)).join(),
    gradient: gradient(),
    weights: bitsOfWeights(),
  };
  const before = counts();
  const areSame = () =>
    Array.from({ length: PRODUCTS }, results).every((result) => result === expected.results);

  const areSameAtFirst = areSame();
  const prepacked = weights.every(isPrepacked);
  const sameGradient = gradient() === expected.gradient;
  const second = areSame();
  const sameWeights = bitsOfWeights() === expected.weights;
  const third = areSame();
  const after = counts();
  tf.dispose([x, ...weights]);
  const end = counts();
  return {
    prepacked,
    direct,
    sameResults: areSameAtFirst && second && third,
    sameWeights,
    sameGradient,
    tensorsMore: after.tensors - before.tensors,
    handlesMore: after.handles - before.handles,
    tensorsLeft: end.tensors - start.tensors,
    preparedLeft: preparedProducts.size,
    handlesLeft: end.handles - start.handles,
  };
}

const outcomes = Object.entries(OPS).map(([name, op]) => [name, outcomeOf(op)]);
console.log(JSON.stringify(Object.fromEntries(outcomes)));
