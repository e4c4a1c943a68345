/** What a graph model is made of: its graph, and the bytes of each of its weights. */
import { io, util, type Tensor } from '@tensorflow/tfjs-core';
import { GraphModel } from '@tensorflow/tfjs-converter';
import { LayersModel } from '@tensorflow/tfjs-layers';
import { QutlassModelError } from '../layers/model_error';
import { valueText } from '../ops/values';
import type { GraphDef } from './graph_def';

/** A weight as it is stored, maybe in fewer bits than its dtype has: the converter can do that. */
export interface StoredWeight {
  spec: io.WeightsManifestEntry;
  bytes: Uint8Array;
}

export interface Artifacts {
  graph: GraphDef;
  /** By name. */
  weights: Map<string, StoredWeight>;
  /** All of the model; neither its graph nor its weights are to be changed. */
  all: io.ModelArtifacts;
}

const STORED_BYTES: Record<string, number> = {
  float32: 4,
  int32: 4,
  complex64: 8,
  bool: 1,
  uint8: 1,
  uint16: 2,
  float16: 2,
};
const LENGTH_BYTES = 4; // before each string

/** @throws where `model` is no graph model, or its bytes are not those of its weights. */
export async function artifactsOf(caller: string, model: unknown): Promise<Artifacts> {
  const given = `${caller}: model is`;
  util.assert(
    !(model instanceof LayersModel),
    () => `${given} a layers model: quantizeModel and inspectModel take it`,
  );
  util.assert(
    model instanceof GraphModel,
    () => `${given} ${valueText(model)}, expected a tf.GraphModel`,
  );
  let all: io.ModelArtifacts = {};
  const modelArtifactsInfo = { dateSaved: new Date(), modelTopologyType: 'JSON' as const };
  await (model as GraphModel).save(
    io.withSaveHandler((saved) => {
      all = saved;
      return Promise.resolve({ modelArtifactsInfo });
    }),
  );
  const graph = all.modelTopology as GraphDef;
  return { graph, weights: storedWeights(caller, all.weightSpecs ?? [], await bytesOf(all)), all };
}

/** The same model with another graph and other weights. */
export function withGraph({ all }: Artifacts, graph: GraphDef, weights: StoredWeight[]) {
  const weightData = new Uint8Array(weights.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let offset = 0;
  for (const { bytes } of weights) {
    weightData.set(bytes, offset);
    offset += bytes.length;
  }
  const changed: io.ModelArtifacts = {
    ...all,
    modelTopology: graph,
    weightSpecs: weights.map(({ spec }) => spec),
    weightData: weightData.buffer,
  };
  delete changed.getWeightStream;
  return changed;
}

/** A weight's values, in the dtype that the graph has them in. */
export function decode({ spec, bytes }: StoredWeight): Tensor {
  return io.decodeWeights(bytes.slice().buffer, [spec])[spec.name];
}

/** A tensor as a weight of that name. */
export function encode(name: string, tensor: Tensor): StoredWeight {
  const { buffer, byteOffset, byteLength } = tensor.dataSync<'int32' | 'float32'>();
  const { shape } = tensor;
  const dtype = tensor.dtype as 'int32' | 'float32';
  return { spec: { name, shape, dtype }, bytes: new Uint8Array(buffer, byteOffset, byteLength) };
}

async function bytesOf({ weightData, getWeightStream }: io.ModelArtifacts): Promise<Uint8Array> {
  const parts = [weightData ?? []].flat();
  if (weightData === undefined && getWeightStream) {
    const reader = getWeightStream().getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      parts.push(next.value);
    }
  }
  if (parts.length === 1) return new Uint8Array(parts[0]);
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function storedWeights(
  caller: string,
  specs: io.WeightsManifestEntry[],
  data: Uint8Array,
): Map<string, StoredWeight> {
  const weights = new Map<string, StoredWeight>();
  let offset = 0;
  for (const spec of specs) {
    const end = offset + storedLength(spec, data.subarray(offset));
    if (!(end <= data.length)) break; // NaN where its dtype is unknown
    weights.set(spec.name, { spec, bytes: data.subarray(offset, end) });
    offset = end;
  }
  if (weights.size === specs.length && offset === data.length) return weights;
  throw new QutlassModelError(
    'DAMAGED',
    `${caller}: the model has ${data.length} bytes of weights, which are not those of its ` +
      `${specs.length} weights`,
  );
}

function storedLength({ shape, dtype, quantization }: io.WeightsManifestEntry, data: Uint8Array) {
  const size = util.sizeFromShape(shape);
  if (dtype !== 'string') return size * STORED_BYTES[quantization?.dtype ?? dtype];
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let length = 0;
  for (let i = 0; i < size && length + LENGTH_BYTES <= data.length; i++) {
    length += LENGTH_BYTES + view.getUint32(length, true);
  }
  return length;
}
