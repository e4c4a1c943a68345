/** The saved models of test/fixtures, and what specs expect of them, in Node and in a browser. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

import type { TestBackend } from '../support/backends';
import { predict } from './models';

export const SAVED_MODELS = ['int8', 'int8-zero-points', 'int4', 'int4-symmetric']
  .flatMap((format) => [format, `recurrent-${format}`])
  .map((name) => `saved_models/v1/${name}`);

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
  if (backend === 'cpu' || name.includes('int8')) {
    expect(Array.from(values)).toEqual(wanted);
  } else {
    values.forEach((value: number, i: number) => expect(value).toBeCloseTo(wanted[i], 1));
  }
}
