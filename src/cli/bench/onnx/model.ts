/**
 * ONNX models as bytes. Field numbers are those of onnx.proto
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 */
import { bytesField, integerField, stringField } from './protobuf';

const IR_VERSION = 8;
/** The operator sets that the models here use, by domain. */
const OPERATOR_SETS = { '': 17, 'com.microsoft': 1 };

const DATA_TYPES = { float32: 1, uint8: 2, int8: 3 };
type DataType = keyof typeof DATA_TYPES;

/** A constant of the graph; `data` has its elements in order, little endian. */
export interface Constant {
  name: string;
  type: DataType;
  shape: number[];
  data: Uint8Array;
}

export interface GraphNode {
  type: string;
  inputs: string[];
  outputs: string[];
  domain?: keyof typeof OPERATOR_SETS;
  attributes?: Record<string, number>;
}

/** A graph from the float32 matrix `x [m, k]` to the float32 matrix `y [m, n]`, for any m. */
export interface Graph {
  k: number;
  n: number;
  constants: Constant[];
  nodes: GraphNode[];
}

function tensorProto({ name, type, shape, data }: Constant): Buffer {
  return Buffer.concat([
    ...shape.map((size) => integerField(1, size)),
    integerField(2, DATA_TYPES[type]),
    stringField(8, name),
    bytesField(9, data),
  ]);
}

/** An integer attribute. */
function attributeProto(name: string, value: number): Buffer {
  const INT = 2;
  return Buffer.concat([stringField(1, name), integerField(3, value), integerField(20, INT)]);
}

function nodeProto(node: GraphNode): Buffer {
  return Buffer.concat([
    ...node.inputs.map((input) => stringField(1, input)),
    ...node.outputs.map((output) => stringField(2, output)),
    stringField(4, node.type),
    ...Object.entries(node.attributes ?? {}).map(([name, value]) =>
      bytesField(5, attributeProto(name, value)),
    ),
    stringField(7, node.domain ?? ''),
  ]);
}

/** A float32 matrix of any number of rows. */
function matrixProto(name: string, columns: number): Buffer {
  const rows = bytesField(1, stringField(2, 'm'));
  const shape = Buffer.concat([rows, bytesField(1, integerField(1, columns))]);
  const tensorType = Buffer.concat([integerField(1, DATA_TYPES.float32), bytesField(2, shape)]);
  return Buffer.concat([stringField(1, name), bytesField(2, bytesField(1, tensorType))]);
}

function graphProto({ k, n, constants, nodes }: Graph): Buffer {
  return Buffer.concat([
    ...nodes.map((node) => bytesField(1, nodeProto(node))),
    stringField(2, 'product'),
    ...constants.map((constant) => bytesField(5, tensorProto(constant))),
    bytesField(11, matrixProto('x', k)),
    bytesField(12, matrixProto('y', n)),
  ]);
}

/** The serialized ModelProto. */
export function modelOf(graph: Graph): Buffer {
  const operatorSets = Object.entries(OPERATOR_SETS).map(([domain, version]) =>
    bytesField(8, stringField(1, domain), integerField(2, version)),
  );
  return Buffer.concat([
    integerField(1, IR_VERSION),
    bytesField(7, graphProto(graph)),
    ...operatorSets,
  ]);
}
