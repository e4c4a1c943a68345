/** The nodes of a graph that multiply by constant weights. */
import { util } from '@tensorflow/tfjs-core';
import { shapeText } from '../ops/values';
import type { StoredWeight } from './artifacts';
import {
  booleanAttribute,
  dataInputs,
  nodeOfInput,
  numbersAttribute,
  textAttribute,
  textsAttribute,
  type NodeDef,
} from './graph_def';

/** What `fused_ops` may name after 'biasadd', and no activation. */
const ACTIVATIONS = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const;

export type Activation = (typeof ACTIVATIONS)[number];

/** A product that can be quantized: activation(x · kernel + bias). */
export interface Product {
  /** The inputs of the node, by name. */
  x: string;
  bias?: string;
  /** Of 'prelu': a tensor. */
  slopes?: string;
  activation: Activation;
  /** Of 'leakyrelu'. */
  slope?: number;
  /** The name of the constant. */
  weights: string;
  /** Whether that is `[…, N, K]`, not `[…, K, N]`. */
  isTransposed: boolean;
  /** The rank of the constant, which is the least that the product has. */
  rank: number;
  /** Of a convolution, along height and width. */
  strides?: number[];
}

/** What a graph's products are read from. */
export interface Surroundings {
  weights: Map<string, StoredWeight>;
  /** Who uses a constant: the names of nodes, or other words for it. */
  usersOf: (constant: string) => string[];
}

const MATRIX_OPS = ['MatMul', '_FusedMatMul', 'BatchMatMul', 'BatchMatMulV2'];
const CONVOLUTION_OPS = ['Conv2D', '_FusedConv2D'];
const LEAKY_RELU_SLOPE = 0.2; // TensorFlow's default

export function isProduct({ op }: NodeDef): boolean {
  return MATRIX_OPS.includes(op) || CONVOLUTION_OPS.includes(op);
}

/** What a node of these ops computes, or why it has no quantized form. */
export function productOf(node: NodeDef, graph: Surroundings): Product | { reason: string } {
  const [, operand] = dataInputs(node);
  const constant = graph.weights.get(nodeOfInput(operand));
  const reason = reasonOfOperand(node, operand, constant, graph);
  if (reason !== null) return { reason };
  const { name, shape } = constant!.spec;
  const isTransposed = booleanAttribute(node, 'transpose_b') || booleanAttribute(node, 'adj_y');
  const product = { weights: name, isTransposed, rank: shape.length };
  const strides = CONVOLUTION_OPS.includes(node.op)
    ? { strides: numbersAttribute(node, 'strides').slice(1, 3) }
    : {};
  const [n] = isTransposed ? shape.slice(-2) : shape.slice(-1);
  const epilogue = epilogueOf(node, n, graph);
  return 'reason' in epilogue ? epilogue : { ...product, ...strides, ...epilogue };
}

function reasonOfOperand(
  node: NodeDef,
  operand: string,
  constant: StoredWeight | undefined,
  { usersOf }: Surroundings,
): string | null {
  if (constant === undefined) return `its second operand, ${operand}, is not a constant`;
  const { name, shape, dtype } = constant.spec;
  if (dtype !== 'float32') return `its weights are ${dtype}`;
  if (util.sizeFromShape(shape) === 0 || shape.length < 2) {
    return `its weights have shape ${shapeText(shape)}`;
  }
  const others = usersOf(name).filter((user) => user !== node.name);
  if (others.length > 0) return `its weights are used by ${others.join(', ')} too`;
  if (node.input!.filter((input) => nodeOfInput(input) === name).length > 1) {
    return 'its weights are another of its inputs too';
  }
  return CONVOLUTION_OPS.includes(node.op)
    ? reasonOfConvolution(node, shape)
    : reasonOfMatrices(node, shape);
}

function reasonOfMatrices(node: NodeDef, shape: number[]): string | null {
  if (booleanAttribute(node, 'transpose_a') || booleanAttribute(node, 'adj_x')) {
    return 'its first operand is transposed';
  }
  return shape.slice(0, -2).every((size) => size === 1)
    ? null
    : `its weights ${shapeText(shape)} are more than one matrix`;
}

function reasonOfConvolution(node: NodeDef, [height, width]: number[]): string | null {
  if (height * width !== 1) return `its kernel covers ${height}x${width} positions`;
  const layout = textAttribute(node, 'data_format') ?? 'NHWC';
  if (layout !== 'NHWC') return `its layout is ${layout}, expected NHWC`;
  const padding = textAttribute(node, 'padding');
  return padding === 'EXPLICIT' ? 'its inputs are padded' : null;
}

type Epilogue = Pick<Product, 'x' | 'bias' | 'slopes' | 'activation' | 'slope'>;

function epilogueOf(
  node: NodeDef,
  n: number,
  { weights }: Surroundings,
): Epilogue | { reason: string } {
  const [x, , bias, slopes] = dataInputs(node);
  const [first, second = 'linear', ...more] = textsAttribute(node, 'fused_ops').map((name) =>
    name.toLowerCase(),
  );
  if (first === undefined) return { x, activation: 'linear' };
  const activation = ACTIVATIONS.find((name) => name === second);
  if (first !== 'biasadd' || activation === undefined || more.length > 0) {
    return { reason: `it is fused with ${[first, second, ...more].join(', ')}` };
  }
  const spec = weights.get(nodeOfInput(bias))?.spec;
  if (spec?.dtype !== 'float32' || !util.arraysEqual(spec.shape, [n])) {
    return { reason: `its bias, ${bias}, is not a constant of shape [${n}]` };
  }
  if (activation === 'prelu') return { x, bias, activation, slopes };
  if (activation !== 'leakyrelu') return { x, bias, activation };
  return { x, bias, activation, slope: node.attr?.leakyrelu_alpha?.f ?? LEAKY_RELU_SLOPE };
}
