/** Arrays of numbers in files: nested lists in .json, or NumPy's .npy. */
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';

import { StepError } from '../steps/step_error';
import { parseNpy } from './npy';

export interface NumberArray {
  shape: number[];
  values: ArrayLike<number>;
}

/** Throws a StepError that names the file. */
export function readArray(file: string): NumberArray {
  const parse = PARSERS[extname(file)];
  if (parse === undefined) {
    throw new StepError(`${file} is neither .json nor .npy`);
  }
  try {
    return parse(readFileSync(file));
  } catch (error) {
    throw new StepError(`cannot read inputs from ${file}: ${(error as Error).message}`);
  }
}

const PARSERS: Record<string, ((contents: Buffer) => NumberArray) | undefined> = {
  '.json': (contents) => parseNested(JSON.parse(contents.toString('utf8'))),
  '.npy': parseNpy,
};

/** Nested lists, all of one level of one length. */
function parseNested(nested: unknown): NumberArray {
  const shape: number[] = [];
  for (let level = nested; Array.isArray(level); level = (level as unknown[])[0]) {
    shape.push(level.length);
  }
  const values: number[] = [];
  collect(nested, shape, 'the list', values);
  return { shape, values };
}

function collect(item: unknown, [length, ...rest]: number[], place: string, to: number[]): void {
  if (length === undefined) {
    if (typeof item !== 'number') {
      throw new Error(`${place} is ${JSON.stringify(item)}, expected a number`);
    }
    to.push(item);
    return;
  }
  if (!Array.isArray(item) || item.length !== length) {
    const came = Array.isArray(item) ? `a list of ${item.length}` : JSON.stringify(item);
    throw new Error(`${place} is ${came}, expected a list of ${length}`);
  }
  item.forEach((inner, index) => collect(inner, rest, `${place}[${index}]`, to));
}
