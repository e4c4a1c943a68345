/** Inputs for a model: from files, or noise. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

import { StepError } from '../steps/step_error';
import { type NumberArray, readArray } from './array_file';
import type { Package } from './load_package';

export const NOISE_ROWS = 32;
const INT32_LIMIT = 2 ** 31;

/** One file an input, in the order of the model's. Throws a StepError. */
export function readInputs(tf: Package, model: LayersModel, files: string[]): Tensor[] {
  const { inputs } = model;
  if (files.length !== inputs.length) {
    const names = model.inputNames.join(', ');
    throw new StepError(
      `${files.length} files of inputs came, expected ${inputs.length}, for ${names} in this order`,
    );
  }
  const arrays = files.map(readArray);
  arrays.forEach((array, index) => {
    const { shape, dtype } = inputs[index];
    const place = `${files[index]}, for input ${model.inputNames[index]},`;
    checkShape(place, array, [arrays[0].shape[0], ...shape.slice(1)], shape);
    if (dtype === 'int32') checkIntegers(place, array);
  });
  return arrays.map(({ values, shape }, index) => {
    const { dtype } = inputs[index];
    const typed = dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
    return tf.tensor(typed, shape, dtype);
  });
}

/** @param declared As the model has it, with its own batch size or none. */
function checkShape(
  place: string,
  { shape }: NumberArray,
  expected: (number | null)[],
  declared: (number | null)[],
): void {
  const batch = declared[0] ?? expected[0];
  const wanted = [batch, ...expected.slice(1)];
  const fits =
    shape.length === wanted.length &&
    shape.every((length, axis) => wanted[axis] === null || wanted[axis] === length);
  if (fits) return;
  const text = wanted.map((length, axis) => length ?? (axis === 0 ? 'rows' : 'any'));
  throw new StepError(`${place} has shape [${shape.join(',')}], expected [${text.join(',')}]`);
}

function checkIntegers(place: string, { values }: NumberArray): void {
  const wrong = Array.from(values).find(
    (value) => !Number.isInteger(value) || Math.abs(value) >= INT32_LIMIT,
  );
  if (wrong !== undefined) throw new StepError(`${place} has ${wrong}, expected integers`);
}

/** Normal noise, the same every time. Throws a StepError where noise is no input. */
export function noiseInputs(tf: Package, model: LayersModel): Tensor[] {
  const { layers } = tf.qutlass.inspectModel(model);
  const lookUp = layers.find(({ kind }) => kind.endsWith('Embedding'));
  const needed = (why: string) =>
    new StepError(`${why}: noise is no input for it`, { remedy: 'name files with --inputs' });
  if (lookUp !== undefined) throw needed(`${lookUp.layer} looks up rows`);
  return model.inputs.map(({ shape, dtype }, index) => {
    const name = model.inputNames[index];
    if (dtype !== 'float32') throw needed(`input ${name} is ${dtype}`);
    const [batch, ...rest] = shape;
    if (rest.includes(null)) throw needed(`input ${name} may have any length`);
    return tf.randomNormal(
      [batch ?? NOISE_ROWS, ...(rest as number[])],
      0,
      1,
      'float32',
      index + 1,
    );
  });
}
