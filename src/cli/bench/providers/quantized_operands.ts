/** Products of which both operands are integers, whatever their format. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';

import type { Package } from '../../models/load_package';
import type { LayerWeights } from '../layer_weights';
import { type Format, type Provider, tfjsProduct } from './provider';

/** Packed rows, one scale each. */
export interface QuantizedRows {
  values: Tensor;
  scale: Tensor;
}

/** A format of operands: what is called for it. */
export interface OperandFormat {
  format: Format;
  bytesPerElement: number;
  quantizeWeights(tf: Package, kernel: Tensor2D): QuantizedRows;
  quantizeInput(tf: Package, x: Tensor2D): QuantizedRows;
  /** Quantizes x as it comes, turned first where there is a rotation. */
  linear(tf: Package, x: Tensor2D, w: QuantizedRows, rotation?: { hadamard: number }): Tensor;
  /** Of rows of x that are quantized already. */
  multiply(tf: Package, x: QuantizedRows, w: QuantizedRows): Tensor;
}

function weightsOf(operands: OperandFormat, layer: LayerWeights, hadamard: number) {
  const { tf } = layer;
  return layer.quantized(
    `${operands.format} rows rotated by ${hadamard}`,
    hadamard,
    (kernel) => operands.quantizeWeights(tf, kernel),
    ({ values, scale }) => tf.dispose([values, scale]),
  );
}

function common({ format, bytesPerElement }: OperandFormat) {
  return {
    format,
    library: 'tfjs-qutlass',
    group: null,
    bytesPerWeight: bytesPerElement,
  } as const;
}

/** Quantizes x in the call; with a rotation, which is fused, where `hadamard` is not 0. */
export function quantizingInput(operands: OperandFormat, name: string, hadamard: number): Provider {
  const rotation = hadamard === 0 ? undefined : { hadamard };
  return {
    ...common(operands),
    name,
    hadamard,
    bytesPerInput: 4,
    async product(layer, x) {
      const w = await weightsOf(operands, layer, hadamard);
      return tfjsProduct(layer.tf, () => operands.linear(layer.tf, x, w, rotation));
    },
  };
}

/** Quantizes x before the call, which is the product alone. */
export function withQuantizedInput(operands: OperandFormat, name: string): Provider {
  return {
    ...common(operands),
    name,
    hadamard: 0,
    bytesPerInput: operands.bytesPerElement,
    async product(layer, x) {
      const { tf } = layer;
      const w = await weightsOf(operands, layer, 0);
      const rows = operands.quantizeInput(tf, x);
      return tfjsProduct(tf, () => operands.multiply(tf, rows, w), [rows.values, rows.scale]);
    },
  };
}
