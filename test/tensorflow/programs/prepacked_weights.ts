/**
 * Multiplies with int8 weights until they would be prepacked, uses them otherwise, and again; prints
 * whether anything but the time was different.
 */
import { findBackend } from '@tensorflow/tfjs-core';

import * as tf from '../../../src/index';
import type { TensorflowBackend } from '../../../src/kernels/tensorflow/backend';

const PRODUCTS = 40;

const backend = findBackend('tensorflow') as TensorflowBackend & { getNumOfTFTensors(): number };
const counts = () => ({ tensors: tf.memory().numTensors, handles: backend.getNumOfTFTensors() });

/** Whether the handle of a tensor is that of prepacked weights. */
function isPrepacked({ dataId }: tf.Tensor): boolean {
  const record = backend.tensorMap.get(dataId);
  return Object.getOwnPropertyDescriptor(record, 'id')!.get !== undefined;
}

function bitsOf(tensor: tf.Tensor): string {
  const bits = Buffer.from(tensor.dataSync<'int32'>().buffer).toString('hex');
  tensor.dispose();
  return bits;
}

const start = counts();
const kernel = tf.randomNormal([301, 70], 0, 1, 'float32', 1);
const x = tf.randomNormal([5, 301], 0, 1, 'float32', 2);
const bias = tf.randomNormal([70], 0, 1, 'float32', 3);
const { values, scale } = tf.qutlass.quantizeWeightInt8(kernel);
const matrix = tf.eye(301);

const product = (w: tf.Tensor) =>
  ['linear', 'relu'].map((activation) =>
    [true, false].map((symmetric) =>
      bitsOf(tf.qutlass.linearInt8(x, w, scale, { bias, symmetric, activation } as object)),
    ),
  );
const rotated = (w: tf.Tensor) =>
  bitsOf(tf.qutlass.linearInt8(x, w, scale, { rotation: { matrix } }));
const gradient = (w: tf.Tensor) =>
  bitsOf(tf.grad((input) => tf.qutlass.linearInt8(input, w, scale))(x));
const all = (w: tf.Tensor) => JSON.stringify([product(w), rotated(w)]);

const expected = { results: all(values), gradient: gradient(values), w: bitsOf(values.clone()) };
const before = counts();

function repeatedly(): boolean {
  return Array.from({ length: PRODUCTS }, () => all(values)).every(
    (result) => result === expected.results,
  );
}

const first = repeatedly();
const prepacked = isPrepacked(values);
const sameGradient = gradient(values) === expected.gradient;
const second = repeatedly();
const sameWeights = bitsOf(values.clone()) === expected.w;
const third = repeatedly();
const after = counts();
tf.dispose([kernel, x, bias, values, scale, matrix]);
const end = counts();

console.log(
  JSON.stringify({
    prepacked,
    sameResults: first && second && third,
    sameWeights,
    sameGradient,
    tensorsMore: after.tensors - before.tensors,
    handlesMore: after.handles - before.handles,
    tensorsLeft: end.tensors - start.tensors,
    handlesLeft: end.handles - start.handles,
  }),
);
