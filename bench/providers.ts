/** The products that are compared: tfjs's own in float32, and ours, on the same random layer. */
import type { Tensor2D } from '@tensorflow/tfjs-core';

import * as tf from '../src/index';
import type { Call } from './measure';

const { qutlass } = tf;

export const PROVIDERS = [
  'tf.matMul float32',
  'linearInt8',
  'matmulInt4Bf16 g128',
  'matmulInt4Bf16 g32',
] as const;
export type Provider = (typeof PROVIDERS)[number];

/** One provider on one layer: a call that uses each of its copies of the weights in turn. */
export interface Product {
  call: Call;
  weightBytes: number;
  group: number | null;
}

interface Copy {
  run: Call;
  dispose(): void;
}

/** Calls the copies in turn: with more of them than the cache holds, weights are cold. */
function rotate(copies: Copy[]): Call {
  let next = 0;
  return () => copies[next++ % copies.length].run();
}

function float32(x: Tensor2D, kernel: Tensor2D): Copy {
  const copy = kernel.clone().add(0) as Tensor2D; // of its own memory, as a layer's kernel is
  return { run: () => tf.matMul(x, copy), dispose: () => copy.dispose() };
}

function int8(x: Tensor2D, kernel: Tensor2D): Copy {
  const { values, scale } = qutlass.quantizeWeightInt8(kernel);
  return {
    run: () => qutlass.linearInt8(x, values, scale),
    dispose: () => tf.dispose([values, scale]),
  };
}

function int4(x: Tensor2D, kernel: Tensor2D, groupSize: number): Copy {
  const { values, scales, zeros } = qutlass.quantizeWeightInt4(kernel, { groupSize });
  return {
    run: () => qutlass.matmulInt4Bf16(x, values, scales, zeros, { groupSize }),
    dispose: () => tf.dispose([values, scales, zeros]),
  };
}

const BYTES_PER_WEIGHT: Record<Provider, number> = {
  'tf.matMul float32': 4,
  linearInt8: 1,
  'matmulInt4Bf16 g128': 0.5 + 8 / 128,
  'matmulInt4Bf16 g32': 0.5 + 8 / 32,
};

const GROUPS: Record<Provider, number | null> = {
  'tf.matMul float32': null,
  linearInt8: null,
  'matmulInt4Bf16 g128': 128,
  'matmulInt4Bf16 g32': 32,
};

function makeCopy(provider: Provider, x: Tensor2D, kernel: Tensor2D): Copy {
  const group = GROUPS[provider];
  if (group !== null) return int4(x, kernel, group);
  return provider === 'linearInt8' ? int8(x, kernel) : float32(x, kernel);
}

/**
 * Every provider on a layer `x [m, k] * kernel [k, n]`. With `coldBytes` above 0, each has so many
 * copies of its weights that together they take at least that much memory.
 */
export function makeProducts(x: Tensor2D, kernel: Tensor2D, coldBytes: number) {
  const products = {} as Record<Provider, Product>;
  const all: Copy[] = [];
  for (const provider of PROVIDERS) {
    const weightBytes = kernel.size * BYTES_PER_WEIGHT[provider];
    const count = Math.max(1, Math.ceil(coldBytes / weightBytes));
    const copies = Array.from({ length: count }, () => makeCopy(provider, x, kernel));
    all.push(...copies);
    products[provider] = { call: rotate(copies), weightBytes, group: GROUPS[provider] };
  }
  return { products, dispose: () => all.forEach((copy) => copy.dispose()) };
}
