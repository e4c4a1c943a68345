import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import { layers, sequential } from '@tensorflow/tfjs-layers';

import { inspectGraphModel, quantizeGraphModel } from '../../src/graph_models';
import type { NodeDef } from '../../src/graph_models/graph_def';
import {
  linearInt8,
  matmulInt4Bf16,
  quantizeWeightInt4,
  quantizeWeightInt8,
  type FusedActivation,
} from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { contentsOf } from '../support/contents';
import {
  artifactsOfGraph,
  convolution,
  fusedOps,
  graphModel,
  node,
  nodesOf,
  normal,
  reloaded,
  savedOf,
  transposeB,
} from './graphs';

interface ProductCase {
  name: string;
  node: NodeDef;
  constants: () => Record<string, Tensor>;
  x: () => Tensor;
  /** [K, N] of the float kernel. */
  kernel?: (w: Tensor) => Tensor;
  /** The rows that are multiplied. */
  rows?: (x: Tensor) => Tensor;
  fused?: FusedActivation;
  /** What comes after the product. */
  after?: (y: Tensor, constants: Record<string, Tensor>) => Tensor;
}

const K = 21;
const N = 6;
const matrix = () => ({ w: normal([K, N], 1), b: normal([N], 2), slopes: normal([N], 3) });
const fused = (...ops: string[]) =>
  node('y', '_FusedMatMul', ['x', 'w', 'b'], fusedOps('BiasAdd', ...ops));

const CASES: ProductCase[] = [
  {
    name: 'MatMul',
    node: node('y', 'MatMul', ['x', 'w']),
    constants: () => ({ w: normal([K, N], 1) }),
    x: () => normal([3, K], 4),
  },
  {
    name: 'MatMul with transpose_b',
    node: node('y', 'MatMul', ['x', 'w'], transposeB),
    constants: () => ({ w: normal([N, K], 1) }),
    x: () => normal([3, K], 4),
    kernel: (w) => tf.transpose(w),
  },
  {
    name: 'MatMul that waits for another node',
    node: node('y', 'MatMul', ['x', 'w', '^b']),
    constants: matrix,
    x: () => normal([3, K], 4),
  },
  {
    name: 'BatchMatMulV2 by a matrix',
    node: node('y', 'BatchMatMulV2', ['x', 'w']),
    constants: () => ({ w: normal([K, N], 1) }),
    x: () => normal([2, 3, K], 4),
  },
  {
    name: 'BatchMatMulV2 by a batch of one, with adj_y',
    node: node('y', 'BatchMatMulV2', ['x', 'w'], { adj_y: { b: true } }),
    constants: () => ({ w: normal([1, N, K], 1) }),
    x: () => normal([3, K], 4),
    kernel: (w) => tf.transpose(tf.squeeze(w, [0])),
    rows: (x) => tf.expandDims(x, 0),
  },
  {
    name: '_FusedMatMul with a bias',
    node: fused(),
    constants: matrix,
    x: () => normal([3, K], 4),
  },
  ...(['relu', 'relu6'] as const).map((activation) => ({
    name: `_FusedMatMul with ${activation}`,
    node: fused(activation === 'relu' ? 'Relu' : 'Relu6'),
    constants: matrix,
    x: () => normal([3, K], 4),
    fused: activation,
  })),
  {
    name: '_FusedMatMul with elu',
    node: fused('Elu'),
    constants: matrix,
    x: () => normal([3, K], 4),
    after: (y) => tf.elu(y),
  },
  {
    name: '_FusedMatMul with sigmoid',
    node: fused('Sigmoid'),
    constants: matrix,
    x: () => normal([3, K], 4),
    after: (y) => tf.sigmoid(y),
  },
  {
    name: '_FusedMatMul with a leaky relu',
    node: node('y', '_FusedMatMul', ['x', 'w', 'b'], {
      ...fusedOps('BiasAdd', 'LeakyRelu'),
      leakyrelu_alpha: { f: 0.375 },
    }),
    constants: matrix,
    x: () => normal([3, K], 4),
    after: (y) => tf.leakyRelu(y, 0.375),
  },
  {
    name: '_FusedMatMul with a prelu',
    node: node('y', '_FusedMatMul', ['x', 'w', 'b', 'slopes'], fusedOps('BiasAdd', 'Prelu')),
    constants: matrix,
    x: () => normal([3, K], 4),
    after: (y, { slopes }) => tf.prelu(y, slopes),
  },
  {
    name: 'Conv2D of one position',
    node: node('y', 'Conv2D', ['x', 'w'], convolution()),
    constants: () => ({ w: normal([1, 1, K, N], 1) }),
    x: () => normal([2, 4, 3, K], 4),
    kernel: (w) => tf.reshape(w, [K, N]),
  },
  {
    name: '_FusedConv2D with strides',
    node: node('y', '_FusedConv2D', ['x', 'w', 'b'], {
      ...convolution(2),
      ...fusedOps('BiasAdd', 'Relu'),
    }),
    constants: () => ({ w: normal([1, 1, K, N], 1), b: normal([N], 2) }),
    x: () => normal([2, 5, 4, K], 4),
    kernel: (w) => tf.reshape(w, [K, N]),
    rows: (x) => tf.stridedSlice(x, [0, 0, 0, 0], x.shape, [1, 2, 2, 1]),
    fused: 'relu',
  },
];

const FORMATS = [
  { weights: 'int8' },
  { weights: 'int8', symmetric: false },
  { weights: 'int4', groupSize: 8 },
  { weights: 'int4', groupSize: 16, symmetric: true },
] as const;

function byHand(test: ProductCase, x: Tensor, format: (typeof FORMATS)[number]): Tensor {
  const constants = test.constants();
  const { w } = constants;
  const kernel = (test.kernel?.(w) ?? w) as Tensor2D;
  const rows = test.rows?.(x) ?? x;
  const bias = test.node.input![2] === 'b' ? constants.b : undefined;
  const options = { bias, activation: test.fused };
  const after = test.after ?? ((y: Tensor) => y);
  if (format.weights === 'int8') {
    const { values, scale } = quantizeWeightInt8(kernel);
    const { symmetric = true } = format as { symmetric?: boolean };
    return after(linearInt8(rows, values, scale, { ...options, symmetric }), constants);
  }
  const { groupSize } = format;
  const isSymmetric = 'symmetric' in format;
  const { values, scales, zeros } = quantizeWeightInt4(kernel, {
    groupSize,
    symmetric: isSymmetric,
  });
  return after(
    matmulInt4Bf16(rows, values, scales, isSymmetric ? null : zeros, { ...options, groupSize }),
    constants,
  );
}

const run = (model: GraphModel, x: Tensor, output = 'y') => model.execute({ x }, output) as Tensor;

async function reasonsOf(model: GraphModel): Promise<Record<string, string | undefined>> {
  const { layers: rows } = await inspectGraphModel(model);
  return Object.fromEntries(rows.map(({ layer, reason }) => [layer, reason]));
}

describeOnBackends('quantizeGraphModel', () => {
  for (const test of CASES) {
    it(`gives of ${test.name} what the ops give, loaded again too`, async () => {
      const float = await graphModel([test.node], test.constants());
      const x = test.x();
      const floatOutput = run(float, x);
      for (const format of FORMATS) {
        const quantized = await quantizeGraphModel(float, format);
        const expected = byHand(test, x, format);
        expect(expected.shape).toEqual(floatOutput.shape);
        const loaded = await reloaded(quantized);
        for (const model of [quantized, loaded]) {
          expect(contentsOf(run(model, x))).toEqual(contentsOf(expected));
          model.dispose();
        }
        const error = tf.norm(tf.sub(expected, floatOutput)).dataSync()[0];
        expect(error).toBeLessThan(0.2 * tf.norm(floatOutput).dataSync()[0]);
      }
      float.dispose();
    });
  }

  it('keeps names, replaces the constant by packed ones, and leaves the float model', async () => {
    const nodes = [node('y', 'MatMul', ['x', 'w']), node('z', 'AddV2', ['y', 'b'])];
    const constants = { w: normal([K, N], 1), b: normal([N], 2), names: tf.tensor(['ä', 'bc']) };
    const float = await graphModel([...nodes, node('n', 'Identity', ['names'])], constants);
    const before = await savedOf(float);
    const text = JSON.stringify(before);
    const quantized = await quantizeGraphModel(float, { weights: 'int4', groupSize: 8 });
    expect(quantized.outputNodes).toEqual(float.outputNodes);
    expect(quantized.inputs).toEqual(float.inputs);
    const after = await savedOf(quantized);
    expect(nodesOf(after).map(({ name }) => name)).toEqual([
      ...['x', 'w/kernel', 'w/scales', 'w/zeros', 'b', 'names', 'y', 'z', 'n'],
    ]);
    expect(after.weightSpecs!.map(({ name, dtype }) => [name, dtype])).toEqual([
      ['w/kernel', 'int32'],
      ['w/scales', 'float32'],
      ['w/zeros', 'int32'],
      ['b', 'float32'],
      ['names', 'string'],
    ]);
    expect(JSON.stringify(await savedOf(float))).toBe(text);
    const x = normal([2, K], 3);
    const [, strings] = (await reloaded(quantized)).execute({ x }, ['z', 'n']) as Tensor[];
    expect(strings.dataSync<'string'>() as unknown).toEqual(['ä', 'bc']);
    float.dispose();
    expect(run(quantized, x)).toBeDefined();
  });

  it('does not take a name that another node has', async () => {
    const constants = { w: normal([K, N], 1), 'w/kernel': normal([N], 2) };
    const nodes = [node('y', 'MatMul', ['x', 'w']), node('z', 'AddV2', ['y', 'w/kernel'])];
    const quantized = await quantizeGraphModel(await graphModel(nodes, constants));
    const { weightSpecs } = await savedOf(quantized);
    expect(weightSpecs!.map(({ name }) => name)).toEqual(['w/kernel_', 'w/scale', 'w/kernel']);
  });

  it('leaves what cannot be quantized, and says why', async () => {
    const matrices = Object.fromEntries(
      ['first', 'both', 'prelu', 'tanh', 'bias', 'nan', 'own'].map((name, i) => [
        name,
        normal([N, N], i + 1),
      ]),
    );
    const nan = tf.tensor2d(Array<number>(N * N).fill(NaN), [N, N]);
    const constants = {
      ...matrices,
      nan,
      b: normal([N], 8),
      batch: normal([2, N, N], 9),
      nine: normal([3, 3, N, N], 10),
    };
    const nodes = [
      node('transposed', 'MatMul', ['x', 'first'], { transpose_a: { b: true } }),
      node('shared', 'MatMul', ['x', 'both']),
      node('sharing', 'AddV2', ['both', 'b']),
      node('of_activations', 'MatMul', ['x', 'shared']),
      node('hyperbolic', '_FusedMatMul', ['x', 'tanh', 'b'], fusedOps('BiasAdd', 'Tanh')),
      node('wide_bias', '_FusedMatMul', ['x', 'bias', 'prelu'], fusedOps('BiasAdd')),
      node('square', 'MatMul', ['own', 'own']),
      node('infinite', 'MatMul', ['x', 'nan']),
      node('batches', 'BatchMatMulV2', ['x', 'batch']),
      node('positions', 'Conv2D', ['x', 'nine'], convolution()),
    ];
    const quantized = await quantizeGraphModel(await graphModel(nodes, constants));
    expect(await reasonsOf(quantized)).toEqual({
      transposed: 'its first operand is transposed',
      shared: 'its weights are used by sharing too',
      of_activations: 'its second operand, shared, is not a constant',
      hyperbolic: 'it is fused with biasadd, tanh',
      wide_bias: `its bias, prelu, is not a constant of shape [${N}]`,
      square: 'its weights are another of its inputs too',
      infinite: 'its weights have NaN or infinite values',
      batches: `its weights [2,${N},${N}] are more than one matrix`,
      positions: 'its kernel covers 3x3 positions',
      '(other constants)': 'no kernels of products',
    });
  });

  it('leaves a constant that is an output, or that an initializer or a function names', async () => {
    const artifacts = await artifactsOfGraph([node('y', 'MatMul', ['x', 'w'])], {
      w: normal([K, N], 1),
    });
    const topology = artifacts.modelTopology as { node: NodeDef[] };
    const named = {
      signature: { name: 'f', inputArg: [], outputArg: [] },
      nodeDef: [] as NodeDef[],
    };
    named.nodeDef.push({ name: 'w', op: 'Const' });
    const changes: Record<string, Partial<tf.io.ModelArtifacts>> = {
      'the outputs of the model': {
        signature: { outputs: { y: { name: 'y:0' }, w: { name: 'w:0' } } },
      },
      "the model's initializer": {
        modelInitializer: { node: [{ name: 'w', op: 'Const' }], versions: {} },
      },
      'a function of the model': {
        modelTopology: { ...topology, library: { function: [named] } },
      },
    };
    for (const [user, change] of Object.entries(changes)) {
      const model = await loadGraphModel(tf.io.fromMemory({ ...artifacts, ...change }));
      const reasons = await reasonsOf(await quantizeGraphModel(model));
      expect(reasons.y).toBe(`its weights are used by ${user} too`);
    }
  });

  it('asks the filter for each node that can be quantized', async () => {
    const constants = { a: normal([K, N], 1), b: normal([N, N], 2), c: normal([N, N], 3) };
    const nodes = [
      node('one', 'MatMul', ['x', 'a']),
      node('two', 'MatMul', ['one', 'b']),
      node('three', 'MatMul', ['two', 'c']),
      node('four', 'MatMul', ['three', 'three']),
    ];
    const asked: string[] = [];
    const quantized = await quantizeGraphModel(await graphModel(nodes, constants), {
      weights: 'int4',
      groupSize: 8,
      filter: (name, op) => {
        asked.push(`${name} ${op}`);
        if (name === 'two') return { weights: 'int8' };
        return name !== 'three';
      },
    });
    expect(asked).toEqual(['one MatMul', 'two MatMul', 'three MatMul']);
    const { layers: rows } = await inspectGraphModel(quantized);
    expect(
      rows.map(({ layer, kind, shape, format, reason }) => [layer, kind, shape, format, reason]),
    ).toEqual([
      ['one', 'QutlassProduct', [K, N], 'int4 g8', undefined],
      ['two', 'QutlassProduct', [N, N], 'int8', undefined],
      ['three', 'MatMul', [N, N], 'float32', 'left by the filter'],
      ['four', 'MatMul', [], 'float32', 'its second operand, three, is not a constant'],
    ]);
  });

  it('quantizes what is left of a quantized model', async () => {
    const constants = { a: normal([K, N], 1), b: normal([N, N], 2) };
    const nodes = [node('one', 'MatMul', ['x', 'a']), node('two', 'MatMul', ['one', 'b'])];
    const float = await graphModel(nodes, constants);
    const half = await quantizeGraphModel(float, { filter: (name) => name === 'one' });
    const x = normal([2, K], 3);
    const whole = run(await quantizeGraphModel(float), x, 'two');
    expect(contentsOf(run(await quantizeGraphModel(half), x, 'two'))).toEqual(contentsOf(whole));
  });

  it('reads weights that are stored in fewer bits, or come as a stream', async () => {
    const artifacts = await artifactsOfGraph([node('y', 'MatMul', ['x', 'w'])], {
      w: tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]),
    });
    const x = tf.ones([1, 3]);
    const bytes = new Uint8Array([0, 1, 2, 3, 4, 5]);
    const quantization = { dtype: 'uint8', min: 1, scale: 1 } as const;
    const small: tf.io.ModelArtifacts = {
      ...artifacts,
      weightSpecs: [{ name: 'w', shape: [3, 2], dtype: 'float32', quantization }],
      weightData: bytes.buffer,
    };
    const { weightData, ...rest } = artifacts;
    const streamed: tf.io.ModelArtifacts = {
      ...rest,
      getWeightStream: () => new Blob([weightData as ArrayBuffer]).stream() as never,
    };
    const outputs = [];
    for (const source of [artifacts, small, streamed]) {
      const quantized = await quantizeGraphModel(await loadGraphModel(tf.io.fromMemory(source)));
      outputs.push(contentsOf(run(await reloaded(quantized), x)));
    }
    expect(outputs[1]).toEqual(outputs[0]);
    expect(outputs[2]).toEqual(outputs[0]);
  });

  it('leaks nothing', async () => {
    const float = await graphModel([fused('Elu')], matrix());
    const x = normal([3, K], 4);
    const { numTensors } = tf.memory();
    const quantized = await quantizeGraphModel(float);
    run(quantized, x).dispose();
    quantized.dispose();
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it('says what is wrong with its arguments', async () => {
    const float = await graphModel([fused()], matrix());
    const wrong: [unknown, object, string][] = [
      [3, {}, 'quantizeGraphModel: model is 3, expected a tf.GraphModel'],
      [
        sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] }),
        {},
        'quantizeGraphModel: model is a layers model: quantizeModel and inspectModel take it',
      ],
      [
        float,
        { weight: 'int8' },
        'quantizeGraphModel: unknown option weight, expected weights, groupSize, symmetric',
      ],
      [float, { filter: 1 }, 'quantizeGraphModel: filter is 1, expected a function'],
      [
        float,
        { filter: () => 'y' },
        "quantizeGraphModel: filter for y: returned 'y', expected true, false or options",
      ],
    ];
    for (const [model, options, message] of wrong) {
      await expectAsync(quantizeGraphModel(model as GraphModel, options)).toBeRejectedWithError(
        message,
      );
    }
  });

  it('finds that a model has other bytes than its weights', async () => {
    const artifacts = await artifactsOfGraph([fused()], matrix());
    const weightData = new Uint8Array(artifacts.weightData as ArrayBuffer);
    const longer = new Uint8Array(weightData.length + 4);
    longer.set(weightData);
    const model = await loadGraphModel(
      tf.io.fromMemory({ ...artifacts, weightData: longer.buffer }),
    );
    await expectAsync(quantizeGraphModel(model)).toBeRejectedWith(
      jasmine.objectContaining({
        code: 'DAMAGED',
        message:
          `quantizeGraphModel: the model has ${longer.length} bytes of weights, which are not ` +
          'those of its 3 weights',
      }),
    );
  });

  it('runs no node of a newer version, nor one whose weights do not fit', async () => {
    const quantized = await quantizeGraphModel(await graphModel([fused()], matrix()));
    const saved = await savedOf(quantized);
    const changed = (attr: NodeDef['attr']) => {
      const nodes = nodesOf(saved).map((each) =>
        each.name === 'y' ? { ...each, attr: { ...each.attr, ...attr } } : each,
      );
      const modelTopology = { ...(saved.modelTopology as object), node: nodes };
      return loadGraphModel(tf.io.fromMemory({ ...saved, modelTopology }));
    };
    const x = normal([3, K], 4);
    const newer = await changed({ format_version: { i: '99' } });
    expect(() => newer.predict(x)).toThrowError(/was saved in format version 99/);
    const other = await changed({ k: { i: '8' } });
    expect(() => other.predict(x)).toThrowError(
      'QutlassProduct: x has shape [3,21], but the weights have K=8',
    );
    expect(() => other.predict(normal([3, 8], 1))).toThrowError(/linearInt8: w has shape/);
  });
});
