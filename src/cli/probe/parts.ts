/** What can be tried out: each part loads something and answers what it found. */
import { readFileSync } from 'node:fs';

import type { Info } from '../../info';
import type { Addon, DeviceInfo } from '../../runtime/addon';

export interface TensorflowFinding {
  version: string;
  /** The libraries of TensorFlow that the process has loaded. */
  libraries: string[];
  isUsingGpu: boolean;
}

export interface Findings {
  /** tfjs-node loads, and multiplies two matrices. */
  tensorflow: TensorflowFinding;
  /** The addon alone, without TensorFlow. */
  addon: Partial<DeviceInfo>;
  /** The whole package: its ops are registered, and an int8 product is right. */
  ops: Info;
}

export type PartName = keyof Findings;

export interface PartInputs {
  tfjsFolder: string;
  addonPath: string;
}

/** The parts of tfjs-node that are used here. */
interface TfjsNode {
  tensor2d(values: number[][], shape?: [number, number], dtype?: string): unknown;
  matMul(a: unknown, b: unknown): { dataSync(): ArrayLike<number> };
  backend(): { binding: { TF_Version: string }; isUsingGpuDevice: boolean };
}

const A = [
  [1, 2],
  [3, 4],
];
const B = [
  [5, 6],
  [7, 8],
];

function expectProduct(found: ArrayLike<number>, expected: number[]): void {
  if (Array.from(found).join() !== expected.join()) {
    throw new Error(`a product is [${Array.from(found).join()}], expected [${expected.join()}]`);
  }
}

function loadedLibraries(): string[] {
  const maps = readFileSync('/proc/self/maps', 'utf8');
  return [...new Set(maps.match(/\/\S*libtensorflow\S*/g) ?? [])];
}

function tryTensorflow({ tfjsFolder }: PartInputs): TensorflowFinding {
  const tf = require(tfjsFolder) as TfjsNode;
  expectProduct(tf.matMul(tf.tensor2d(A), tf.tensor2d(B)).dataSync(), [19, 22, 43, 50]);
  const { binding, isUsingGpuDevice } = tf.backend();
  return {
    version: binding.TF_Version,
    libraries: process.platform === 'linux' ? loadedLibraries() : [],
    isUsingGpu: isUsingGpuDevice,
  };
}

function tryAddon({ addonPath }: PartInputs): Partial<DeviceInfo> {
  return (require(addonPath) as Addon).deviceInfo();
}

/** Weights are [N, K], so the product is A times the transpose of B. */
function tryOps(): Info {
  const { qutlass } = require('../../index') as typeof import('../../index');
  const product = qutlass.matmulInt8Bf16(qutlass.packInt8(A), qutlass.packInt8(B), 1, 1);
  expectProduct(product.dataSync(), [17, 23, 39, 53]);
  return qutlass.info();
}

export const PARTS: { [P in PartName]: (inputs: PartInputs) => Findings[P] } = {
  tensorflow: tryTensorflow,
  addon: tryAddon,
  ops: tryOps,
};
