/** The saved models of test/fixtures, and what specs expect of them, in Node and in a browser. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

import type { TestBackend } from '../support/backends';
import { predict } from './models';

export const SAVED_MODELS = Object.entries({
  v1: ['int8', 'int8-zero-points', 'int4', 'int4-symmetric'],
  v2: ['int4-activations', 'int4-activations-quest', 'int8-hadamard'],
  v3: ['int4-int8-activations', 'int4-int8-activations-quest'],
}).flatMap(([version, formats]) =>
  formats.flatMap((format) => [
    `saved_models/${version}/${format}`,
    `saved_models/${version}/recurrent-${format}`,
  ]),
);

/** Of products whose sums are floats, which other backends add in another order. */
const INEXACT = /int4(-symmetric|-int8-activations(-quest)?)?$/;

/** expected.json: the rows of an input, and those that the model gave for it when it was saved. */
export interface Expected {
  input: number[][];
  output: number[][];
}

/** Expects the output of then: all bits, but for int4 on another backend than that of then. */
export function expectOutputOfThen(
  name: string,
  model: LayersModel,
  { input, output }: Expected,
  backend: TestBackend['name'],
): void {
  const [{ values }] = predict(model, tf.tensor2d(input, undefined, 'int32'));
  const wanted = output.flat();
  if (backend === 'cpu' || !INEXACT.test(name)) {
    expect(Array.from(values)).toEqual(wanted);
  } else {
    values.forEach((value: number, i: number) => expect(value).toBeCloseTo(wanted[i], 1));
  }
}
