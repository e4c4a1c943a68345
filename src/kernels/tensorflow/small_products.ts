/**
 * Makes small products by prepacked weights without TensorFlow.
 *
 * TensorFlow's part of a call takes some 4 us, half of what a row takes with a million weights. So
 * products of few rows, with the same operands but x as the last one with these weights, are made by
 * the addon (native/addon/prepared_product.h): the same op, on the same memory. Their results wait
 * in the backend as values, as those of `tf.tensor` do, until an op of TensorFlow's wants them.
 */
import { types } from 'node:util';

import { type TensorInfo, util } from '@tensorflow/tfjs-core';

import type { PreparedProduct, PreparedProductClass } from '../../runtime/addon';
import {
  type Attributes,
  type NativeCall,
  type TensorflowBackend,
  toOpAttributes,
} from './backend';

/**
 * The most values of x, and of a result. Between two ops of TensorFlow more of them take longer to copy
 * to JavaScript, and to make room for there, than a call saves (docs/cpu.md).
 */
const MOST_VALUES = 1 << 12;

/** The rows that were read from TensorFlow last: several products often take the same ones. */
let lastRead: { dataId: object | null; values: unknown } = { dataId: null, values: null };

function valuesOf(backend: TensorflowBackend, { dataId }: TensorInfo): unknown {
  const { values } = backend.tensorMap.get(dataId);
  if (values !== null) return values;
  if (lastRead.dataId !== dataId) lastRead = { dataId, values: backend.readSync(dataId) };
  return lastRead.values;
}

/** What products have in common that differ in the rows of x alone. */
interface Operands {
  name: string;
  k: number;
  /** Of all inputs but x. */
  dataIds: object[];
  attributes: Attributes;
}

function lastOf(shape: number[]): number {
  return shape[shape.length - 1];
}

function operandsOf({ name, inputs: [x, ...others], attributes }: NativeCall): Operands {
  return { name, k: lastOf(x.shape), dataIds: others.map(({ dataId }) => dataId), attributes };
}

function haveSameValues(a: Attributes, b: Attributes): boolean {
  for (const name in a) if (a[name] !== b[name]) return false;
  return true;
}

/** Of calls of the same op, which has the same attributes each time. */
function isCallOf(operands: Operands, { name, inputs, attributes }: NativeCall): boolean {
  const { dataIds } = operands;
  if (name !== operands.name || lastOf(inputs[0].shape) !== operands.k) return false;
  for (let i = 0; i < dataIds.length; i++) {
    if (inputs[i + 1].dataId !== dataIds[i]) return false;
  }
  return haveSameValues(attributes, operands.attributes);
}

/** Those by the same weights, as long as they are prepacked. */
export class SmallProducts {
  private last: Operands | null = null;
  private prepared: PreparedProduct | null = null;

  constructor(
    private readonly backend: TensorflowBackend,
    /** The addon's. */
    private readonly PreparedProduct: PreparedProductClass,
    /** Of the prepacked tensors. */
    private readonly prepackedIds: object[],
  ) {}

  /**
   * Makes a product, whose inputs are x, w and others, in the backend; undefined where TensorFlow has to.
   * Meanwhile the handles of prepacked tensors are those of prepacked data.
   */
  multiply(call: NativeCall): TensorInfo | undefined {
    const { inputs } = call;
    const leading = inputs[0].shape.slice(0, -1);
    const m = util.sizeFromShape(leading);
    const n = inputs[1].shape[0];
    const values = m * Math.max(n, lastOf(inputs[0].shape));
    if (values === 0 || values > MOST_VALUES) return undefined;

    const prepared = this.preparedFor(call);
    const x = prepared && valuesOf(this.backend, inputs[0]);
    if (!prepared || !types.isFloat32Array(x)) return undefined;
    const shape = [...leading, n];
    const dataId = this.backend.write(prepared.multiply(x, m), shape, 'float32');
    return { dataId, shape, dtype: 'float32' };
  }

  dispose(): void {
    this.last = null;
    this.prepared?.dispose();
    this.prepared = null;
  }

  /** Null for the first product with operands: those of training change at each step. */
  private preparedFor(call: NativeCall): PreparedProduct | null {
    if (this.last !== null && isCallOf(this.last, call)) {
      return (this.prepared ??= this.prepare(call));
    }
    this.dispose();
    this.last = operandsOf(call);
    return null;
  }

  private prepare({ name, inputs: [, ...others], attributes }: NativeCall): PreparedProduct | null {
    if (!this.areFewValues(others)) return null;
    const prepared = new this.PreparedProduct(name, attributes);
    try {
      for (const input of others) this.addInput(prepared, input);
      return prepared;
    } catch (error) {
      prepared.dispose();
      throw error;
    }
  }

  /** Those that are copied: vectors and scalars, but not the matrix of a rotation. */
  private areFewValues(inputs: TensorInfo[]): boolean {
    return inputs.every((input) => input.shape.length < 2 || this.isPrepacked(input));
  }

  private isPrepacked({ dataId }: TensorInfo): boolean {
    return this.prepackedIds.includes(dataId);
  }

  private addInput(prepared: PreparedProduct, input: TensorInfo): void {
    const { backend } = this;
    if (!this.isPrepacked(input)) {
      const values = backend.readSync(input.dataId) as Float32Array;
      prepared.copy(Float32Array.from(values), input.shape);
      return;
    }
    const type = toOpAttributes(backend, { T: { dtype: input.dtype } });
    const token = backend.executeSingleOutput('QutlassHold', type, [input]);
    prepared.hold(token.dataSync()[0]);
    token.dispose();
  }
}

/** What makes small products on a backend; the others leave them to TensorFlow. */
const preparedProducts = new WeakMap<TensorflowBackend, PreparedProductClass>();

export function makeSmallProductsWith(
  backend: TensorflowBackend,
  addonsClass: PreparedProductClass,
): void {
  preparedProducts.set(backend, addonsClass);
}

/** Those of weights that are prepacked from now on. */
export function smallProductsOf(
  backend: TensorflowBackend,
  prepackedIds: object[],
): SmallProducts | null {
  const preparedProduct = preparedProducts.get(backend);
  return preparedProduct ? new SmallProducts(backend, preparedProduct, prepackedIds) : null;
}
