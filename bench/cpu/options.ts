/** The command line of `npm run bench:cpu`. */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

import type { Shape } from '../../src/cli/bench/shapes';
import { CPU_SHAPES } from './shapes';

export interface Options {
  shapes: Shape[];
  ms: number[];
  threads: number[];
  caches: ('hot' | 'cold')[];
  /** Of only the providers whose names contain one of these; empty for all. */
  only: string[];
  out: string;
}

export const USAGE = `npm run bench:cpu -- [--shapes 4096x4096,4096x11008 (KxN)] [--m 1,4,16,64,128,512]
  [--threads 1,${cpus().length}] [--cache hot,cold] [--only linearInt8,MatMulInteger] [--out folder]`;

function listOf(text: string): string[] {
  return text.split(',').filter((item) => item !== '');
}

function positiveIntegers(option: string, text: string): number[] {
  const numbers = listOf(text).map(Number);
  if (numbers.length === 0 || !numbers.every((n) => Number.isInteger(n) && n > 0)) {
    throw new Error(`--${option} is '${text}', expected positive integers with commas between`);
  }
  return numbers;
}

function shapeOf(name: string): Shape {
  const match = /^(\d+)x(\d+)$/.exec(name);
  if (!match) throw new Error(`--shapes has '${name}', expected KxN, as in 4096x11008`);
  const [k, n] = [Number(match[1]), Number(match[2])];
  return (
    CPU_SHAPES.find((s) => s.k === k && s.n === n) ?? { model: 'given', tp: 1, layer: name, n, k }
  );
}

function cacheOf(name: string): 'hot' | 'cold' {
  if (name !== 'hot' && name !== 'cold') {
    throw new Error(`--cache has '${name}', expected hot or cold`);
  }
  return name;
}

/** @throws where an argument is not as {@link USAGE} says. */
export function parseOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      shapes: { type: 'string' },
      m: { type: 'string', default: '1,4,16,64,128,512' },
      threads: { type: 'string', default: [...new Set([1, cpus().length])].join() },
      cache: { type: 'string', default: 'hot,cold' },
      only: { type: 'string', default: '' },
      out: { type: 'string', default: 'build/bench-cpu' },
    },
  });
  return {
    shapes: values.shapes === undefined ? CPU_SHAPES : listOf(values.shapes).map(shapeOf),
    ms: positiveIntegers('m', values.m),
    threads: positiveIntegers('threads', values.threads),
    caches: listOf(values.cache).map(cacheOf),
    only: listOf(values.only),
    out: values.out,
  };
}
