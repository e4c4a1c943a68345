/** The op that takes the place of a product in the graph of a quantized model. */
import {
  elu,
  leakyRelu,
  prelu,
  reshape,
  sigmoid,
  stridedSlice,
  tidy,
  util,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { registerOp, type GraphNode } from '@tensorflow/tfjs-converter';
import type { FusedActivation } from '../ops';
import { checkFormatVersion } from '../layers/format_version';
import { formatOf, type Quantization } from '../layers/formats';
import { resolveQuantization } from '../layers/formats/resolve_quantization';
import { shapeText } from '../ops/values';
import {
  attributeOf,
  booleanAttribute,
  controlInputs,
  dataInputs,
  textAttribute,
  type Attribute,
  type NodeDef,
} from './graph_def';
import type { Activation, Product } from './product';

/** Part of the format of saved models, as are its inputs and attributes. */
export const QUANTIZED_PRODUCT = 'QutlassProduct';

/** Of the nodes in saved graph models, as layers have one of their own. */
export const GRAPH_FORMAT_VERSION = 1;

/**
 * The node that takes the place of `node`. Its inputs are x, the packed weights in their format's
 * order, then a bias and the slopes of a prelu where there are any.
 *
 * @param packed the names of the packed weights
 * @param k the number of rows of the kernel
 * @param n the number of its columns
 */
export function quantizedNode(
  node: NodeDef,
  { x, bias, slopes, activation, slope, rank, strides }: Product,
  packed: string[],
  [k, n]: [number, number],
  { format, groupSize, symmetric }: Quantization,
): NodeDef {
  const { integer, integers, float, boolean, text } = attributeOf;
  const optional: Record<string, Attribute | undefined> = {
    group_size: groupSize === undefined ? undefined : integer(groupSize),
    slope: slope === undefined ? undefined : float(slope),
    strides: strides && integers(strides),
  };
  return {
    name: node.name,
    op: QUANTIZED_PRODUCT,
    input: [
      x,
      ...packed,
      ...[bias, slopes].filter((name) => name !== undefined),
      ...controlInputs(node),
    ],
    attr: {
      T: { type: 'DT_FLOAT' },
      format_version: integer(GRAPH_FORMAT_VERSION),
      format: text(format),
      symmetric: boolean(symmetric),
      k: integer(k),
      n: integer(n),
      rank: integer(rank),
      activation: text(activation),
      has_bias: boolean(bias !== undefined),
      ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    },
  };
}

/** The packed weights among the inputs of a node that `quantizedNode` made. */
export function packedInputs(node: NodeDef): string[] {
  const others = [
    booleanAttribute(node, 'has_bias'),
    textAttribute(node, 'activation') === 'prelu',
  ];
  const inputs = dataInputs(node);
  return inputs.slice(1, inputs.length - others.filter(Boolean).length);
}

/** What `quantizedNode` wrote, as the op gets it. */
interface Attributes {
  format_version?: number;
  format?: string;
  group_size?: number;
  symmetric?: boolean;
  k: number;
  rank: number;
  activation: Activation;
  has_bias: boolean;
  slope: number;
  strides?: number[];
}

function execute({ inputs, attrs }: GraphNode): Tensor {
  const attributes = attrs as unknown as Attributes;
  const { k, activation, has_bias: hasBias, slope } = attributes;
  checkFormatVersion(QUANTIZED_PRODUCT, attributes.format_version, GRAPH_FORMAT_VERSION);
  const quantization = resolveQuantization(QUANTIZED_PRODUCT, 'format', attributes.format, {
    groupSize: attributes.group_size,
    symmetric: attributes.symmetric,
  });
  const format = formatOf(quantization);
  const [x, ...operands] = inputs;
  util.assert(
    x.shape[x.rank - 1] === k,
    () => `${QUANTIZED_PRODUCT}: x has shape ${shapeText(x.shape)}, but the weights have K=${k}`,
  );
  const others = operands.splice(format.specs(k, 0, quantization).length);
  const [bias, slopes] = hasBias ? others : [];
  return tidy(() => {
    const y = format.product(prepare(x, attributes), operands, quantization, {
      bias,
      activation: isFused(activation) ? activation : 'linear',
    });
    if (activation === 'elu') return elu(y);
    if (activation === 'sigmoid') return sigmoid(y);
    if (activation === 'leakyrelu') return leakyRelu(y, slope);
    return activation === 'prelu' ? prelu(y, slopes) : y;
  });
}
registerOp(QUANTIZED_PRODUCT, execute);

/** The rows that are multiplied: with all axes of the product, at the positions strides reach. */
function prepare(x: Tensor, { rank, strides }: Attributes): Tensor {
  if (strides === undefined) {
    const missing = Math.max(0, rank - x.rank);
    return missing === 0 ? x : reshape(x, [...Array<number>(missing).fill(1), ...x.shape]);
  }
  if (strides.every((stride) => stride === 1)) return x;
  const begin = x.shape.map(() => 0);
  return stridedSlice(x, begin, x.shape, [1, ...strides, 1]);
}

function isFused(activation: Activation): activation is Activation & FusedActivation {
  return activation === 'linear' || activation === 'relu' || activation === 'relu6';
}
