/** Small graph models, and what specs do with them. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';

import { attributeOf, type GraphDef, type NodeDef } from '../../src/graph_models/graph_def';

const { text, boolean, integers } = attributeOf;

/** Attributes as TensorFlow has them. */
export const fusedOps = (...names: string[]) => ({ fused_ops: { list: { s: names.map(btoa) } } });
export const transposeB = { transpose_b: boolean(true) };
export const convolution = (stride = 1) => ({
  strides: integers([1, stride, stride, 1]),
  padding: text('SAME'),
  data_format: text('NHWC'),
  dilations: integers([1, 1, 1, 1]),
});

export function node(
  name: string,
  op: string,
  input: string[],
  attr: NodeDef['attr'] = {},
): NodeDef {
  const counts: NodeDef['attr'] = 'fused_ops' in attr ? { num_args: { i: input.length - 2 } } : {};
  return { name, op, input, attr: { T: { type: 'DT_FLOAT' }, ...counts, ...attr } };
}

/** A constant with seeded values. */
export function normal(shape: number[], seed: number): Tensor {
  return tf.randomNormal(shape, 0, 1, 'float32', seed);
}

/** The artifacts of a graph of these nodes, placeholders named x, and constants. */
export async function artifactsOfGraph(
  nodes: NodeDef[],
  constants: Record<string, Tensor>,
): Promise<tf.io.ModelArtifacts> {
  const placeholder = { name: 'x', op: 'Placeholder', attr: { dtype: { type: 'DT_FLOAT' } } };
  const consts = Object.keys(constants).map((name) => ({ name, op: 'Const' }));
  const graph: GraphDef = { versions: {}, node: [placeholder, ...consts, ...nodes] };
  const { data, specs } = await tf.io.encodeWeights(constants);
  return { format: 'graph-model', modelTopology: graph, weightSpecs: specs, weightData: data };
}

export async function graphModel(
  nodes: NodeDef[],
  constants: Record<string, Tensor>,
): Promise<GraphModel> {
  return loadGraphModel(tf.io.fromMemory(await artifactsOfGraph(nodes, constants)));
}

/** What `model.save` writes. */
export async function savedOf(model: GraphModel): Promise<tf.io.ModelArtifacts> {
  let saved: tf.io.ModelArtifacts = {};
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  return saved;
}

/** The model that a file of it would give. */
export async function reloaded(model: GraphModel): Promise<GraphModel> {
  const { modelTopology, weightSpecs, weightData } = await savedOf(model);
  const json = JSON.stringify({ modelTopology, weightSpecs });
  const bytes = (weightData as ArrayBuffer).slice(0);
  return loadGraphModel(tf.io.fromMemory({ ...JSON.parse(json), weightData: bytes }));
}

export function nodesOf({ modelTopology }: tf.io.ModelArtifacts): NodeDef[] {
  return (modelTopology as GraphDef).node;
}
