import type { Qutlass } from '../../src/index';

type Options = NonNullable<Parameters<Qutlass['quantizeModel']>[1]>;

/** One form of a model that the examples compare: a row of their tables. */
export interface Format {
  name: string;
  /** For `quantizeModel`; 'mixed' chooses them layer by layer (mixed.ts), null leaves the model. */
  options: Options | 'mixed' | null;
  /** The part of float32's bits a character that it may lose. */
  within?: number;
}

/** float32 first: the others are compared with it. */
export const FORMATS: Format[] = [
  { name: 'float32', options: null },
  { name: 'int8', options: { weights: 'int8' }, within: 0.003 },
  { name: 'int4 g128', options: { weights: 'int4', groupSize: 128 } },
  { name: 'int4 g32', options: { weights: 'int4', groupSize: 32 }, within: 0.02 },
  { name: 'mixed', options: 'mixed', within: 0.01 },
];
