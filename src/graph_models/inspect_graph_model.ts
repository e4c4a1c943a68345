import { util } from '@tensorflow/tfjs-core';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import { formatText } from '../layers/inspect_model';
import type { LayerReport, QuantizationReport } from '../layers/inspect_model';
import type { FormatName } from '../layers/formats';
import { artifactsOf, type Artifacts, type StoredWeight } from './artifacts';
import {
  dataInputs,
  integerAttribute,
  nodeOfInput,
  textAttribute,
  type NodeDef,
} from './graph_def';
import { notesOfGraph } from './graph_notes';
import { isProduct } from './product';
import { packedInputs, QUANTIZED_PRODUCT } from './quantized_product';

const FLOAT_BYTES = 4;

/**
 * What is quantized in a graph model and how well, what is not and why, and what it saves: a line a
 * product, and one for all other constants. `printReport` prints it.
 *
 * It can be asked of any graph model. Reasons and signal-to-noise ratios are known for the models
 * that `quantizeGraphModel` returned, not for those that were loaded.
 *
 * ```js
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
 * const report = await tf.qutlass.inspectGraphModel(model);
 * tf.qutlass.printReport(report);
 * console.log(report.layers[0].kind);  // MatMul
 * ```
 *
 * @returns of each product `layer`, the name of the node, `kind`, its op, and what `inspectModel`
 * has of a layer; bytes are those of its kernel, packed or float.
 *
 * @doc {heading: 'Models', subheading: 'Quantization', namespace: 'qutlass'}
 */
export async function inspectGraphModel(model: GraphModel): Promise<QuantizationReport> {
  const artifacts = await artifactsOf('inspectGraphModel', model);
  const notes = notesOfGraph(model);
  const counted = new Set<string>();
  const rows = artifacts.graph.node.flatMap((node) => {
    const row = rowOf(node, artifacts, counted);
    return row === undefined ? [] : [{ ...row, ...notes.get(node.name) }];
  });
  const others = [...artifacts.weights.values()].filter(({ spec }) => !counted.has(spec.name));
  if (others.length > 0) rows.push(rowOfOthers(others));
  const total = (key: 'bytesBefore' | 'bytesAfter') => rows.reduce((sum, row) => sum + row[key], 0);
  return { layers: rows, bytesBefore: total('bytesBefore'), bytesAfter: total('bytesAfter') };
}

/** The row of a product, whose weights are counted then; undefined for other nodes. */
function rowOf(
  node: NodeDef,
  { weights }: Artifacts,
  counted: Set<string>,
): LayerReport | undefined {
  const isQuantized = node.op === QUANTIZED_PRODUCT;
  if (!isQuantized && !isProduct(node)) return undefined;
  const names = isQuantized ? packedInputs(node) : dataInputs(node).slice(1, 2);
  const kernel = names.flatMap((name) => {
    const weight = weights.get(nodeOfInput(name));
    if (weight === undefined || counted.has(weight.spec.name)) return [];
    counted.add(weight.spec.name);
    return [weight];
  });
  const bytes = kernel.reduce((sum, weight) => sum + bytesInMemory(weight), 0);
  const common = { layer: node.name, kind: node.op, bytesBefore: bytes, bytesAfter: bytes };
  if (!isQuantized) {
    const [spec] = kernel.map((weight) => weight.spec);
    const format = spec?.dtype ?? 'float32';
    return { ...common, shape: spec?.shape ?? [], format, reason: 'not quantized' };
  }
  const shape = ['k', 'n'].map((name) => integerAttribute(node, name)!);
  const stored = textAttribute(node, 'format') as FormatName;
  const format = formatText({
    format: stored,
    activations: stored === 'int8' ? 'int8' : 'bf16',
    groupSize: integerAttribute(node, 'group_size'),
  });
  return { ...common, shape, format, bytesBefore: FLOAT_BYTES * util.sizeFromShape(shape) };
}

function rowOfOthers(others: StoredWeight[]): LayerReport {
  const bytes = others.reduce((sum, weight) => sum + bytesInMemory(weight), 0);
  return {
    layer: '(other constants)',
    kind: 'Const',
    shape: [others.length],
    format: 'float32',
    bytesBefore: bytes,
    bytesAfter: bytes,
    reason: 'no kernels of products',
  };
}

function bytesInMemory({ spec: { shape, dtype }, bytes }: StoredWeight): number {
  return dtype === 'string'
    ? bytes.length
    : util.sizeFromShape(shape) * util.bytesPerElement(dtype);
}
