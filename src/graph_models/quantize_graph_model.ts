import {
  all,
  io,
  isFinite as isFiniteNumber,
  reshape,
  tidy,
  transpose,
  util,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import { formatOf, unsupportedKernel, type Quantization } from '../layers/formats';
import { productKernel } from '../layers/kinds/product_kernel';
import {
  resolveAnswer,
  resolveOptions,
  STORAGE_OPTIONS,
  type StorageOptions,
} from '../layers/quantization_plan';
import type { Note } from '../layers/quantization_notes';
import { signalToNoise } from '../layers/signal_to_noise';
import { valueText } from '../ops/values';
import { artifactsOf, decode, encode, withGraph, type StoredWeight } from './artifacts';
import { constantNode, type NodeDef } from './graph_def';
import { noteGraph } from './graph_notes';
import { isProduct, productOf, type Product } from './product';
import { quantizedNode } from './quantized_product';
import { usersIn } from './users';

/** The options of `quantizeGraphModel`. */
export interface QuantizeGraphModelOptions extends StorageOptions {
  /**
   * Asked once for every node that can be quantized: true quantizes it, false leaves it as it is,
   * options quantize it in their own way.
   */
  filter?: (node: string, op: string) => boolean | StorageOptions;
}

const CALLER = 'quantizeGraphModel';

/**
 * A copy of a converted TensorFlow or Keras model with the products by constant weights in int8 or
 * int4, the rest as it was.
 *
 * MatMul, _FusedMatMul, BatchMatMul and BatchMatMulV2 by a constant matrix, and Conv2D and
 * _FusedConv2D whose kernel covers one position, become nodes of the op 'QutlassProduct', which
 * compute what `tf.qutlass.linearInt8` and `matmulInt4Bf16` do. Nodes keep their names, inputs and
 * outputs of the model theirs; packed weights take the place of the float ones. A node that cannot
 * be quantized is left as it is, and `inspectGraphModel` of the result says why. So are nodes in the
 * functions of control flow.
 *
 * The copy saves as any graph model does; where tfjs-qutlass is imported, `tf.loadGraphModel` loads
 * it, and it gives the same bits. `model` stays whole, and either can be disposed of without harm to
 * the other.
 *
 * ```js
 * // As `tf.loadGraphModel(url)` loads it: y = x · w.
 * const model = await tf.loadGraphModel(tf.io.fromMemory({
 *   modelTopology: {
 *     versions: {},
 *     node: [
 *       {name: 'x', op: 'Placeholder', attr: {dtype: {type: 'DT_FLOAT'}}},
 *       {name: 'w', op: 'Const', attr: {dtype: {type: 'DT_FLOAT'}}},
 *       {name: 'y', op: 'MatMul', input: ['x', 'w']},
 *     ],
 *   },
 *   weightSpecs: [{name: 'w', shape: [32, 8], dtype: 'float32'}],
 *   weightData: new Float32Array(32 * 8).fill(0.5).buffer,
 * }));
 * const quantized = await tf.qutlass.quantizeGraphModel(model, {weights: 'int4', groupSize: 32});
 * quantized.predict(tf.ones([1, 32])).print();
 * tf.qutlass.printReport(await tf.qutlass.inspectGraphModel(quantized));
 * ```
 *
 * @param model a tf.GraphModel
 * @param options `weights` ('int8' or 'int4'), `groupSize` and `symmetric` as in `quantizeModel`;
 * `filter(node, op)` answers for each node that can be quantized
 * @throws (as a rejection) where `model` is no GraphModel, an option is unknown or invalid, and
 * QutlassModelError where the model's bytes are not those of its weights.
 *
 * @doc {heading: 'Models', subheading: 'Quantization', namespace: 'qutlass'}
 */
export async function quantizeGraphModel(
  model: GraphModel,
  { filter = () => true, ...defaults }: QuantizeGraphModelOptions = {},
): Promise<GraphModel> {
  const modelWide = resolveOptions(CALLER, defaults, STORAGE_OPTIONS);
  util.assert(
    typeof filter === 'function',
    () => `${CALLER}: filter is ${valueText(filter)}, expected a function`,
  );
  const artifacts = await artifactsOf(CALLER, model);
  const { graph, weights } = artifacts;
  const usersOf = usersIn(artifacts);
  const packedOf = new Map<string, PackedWeights>(); // by the name of the float constant
  const products = new Map<NodeDef, NodeDef>();
  const notes = new Map<string, Note>();

  const names = new Set([...weights.keys(), ...graph.node.map(({ name }) => name)]);
  const freeName = (name: string): string => (names.has(name) ? freeName(`${name}_`) : name);

  const quantize = (node: NodeDef): Note => {
    const product = productOf(node, { weights, usersOf });
    if ('reason' in product) return product;
    const answer = filter(node.name, node.op);
    const quantization =
      typeof answer === 'boolean'
        ? modelWide
        : resolveAnswer(`${CALLER}: filter for ${node.name}`, answer, defaults, STORAGE_OPTIONS);
    if (answer === false) return { reason: 'left by the filter' };
    const packed = pack(weights.get(product.weights)!, product, quantization, freeName);
    if ('reason' in packed) return packed;
    const inputs = packed.weights.map(({ spec }) => spec.name);
    products.set(node, quantizedNode(node, product, inputs, packed.size, quantization));
    packedOf.set(product.weights, packed);
    return { signalToNoise: packed.signalToNoise };
  };
  for (const node of graph.node.filter(isProduct)) notes.set(node.name, quantize(node));

  const nodes = graph.node.flatMap(
    (node) => packedOf.get(node.name)?.weights.map(constantOf) ?? [products.get(node) ?? node],
  );
  const stored = [...weights].flatMap(([name, weight]) => packedOf.get(name)?.weights ?? [weight]);
  const changed = withGraph(artifacts, { ...graph, node: nodes }, stored);
  const quantized = await loadGraphModel(io.fromMemory(changed));
  noteGraph(quantized, notes);
  return quantized;
}

interface PackedWeights {
  weights: StoredWeight[];
  signalToNoise: number;
  /** K and N. */
  size: [number, number];
}

/** The weights that take the place of `float`, or why there are none. */
function pack(
  float: StoredWeight,
  { isTransposed }: Product,
  quantization: Quantization,
  freeName: (name: string) => string,
): PackedWeights | { reason: string } {
  const format = formatOf(quantization);
  let result: PackedWeights | { reason: string } | undefined;
  tidy(() => {
    const tensor = decode(float);
    const matrix: Tensor2D = reshape(tensor, tensor.shape.slice(-2) as [number, number]);
    const kernel = isTransposed ? transpose(matrix) : matrix;
    const [k, n] = kernel.shape;
    const unsupported = unsupportedKernel(k, quantization);
    const reason = allFinite(kernel) ? unsupported : 'its weights have NaN or infinite values';
    if (reason !== null) {
      result = { reason };
      return;
    }
    const packed = format.pack(kernel, quantization);
    const names = format.specs(k, n, quantization).map(({ name }) => name);
    result = {
      weights: packed.map((part, i) => encode(freeName(`${float.spec.name}/${names[i]}`), part)),
      signalToNoise: signalToNoise(productKernel, [{ float: kernel, packed }], quantization),
      size: [k, n],
    };
  });
  return result!;
}

function allFinite(kernel: Tensor2D): boolean {
  return all(isFiniteNumber(kernel)).dataSync()[0] === 1;
}

function constantOf({ spec: { name, shape, dtype } }: StoredWeight): NodeDef {
  return constantNode(name, dtype as 'int32' | 'float32', shape);
}
