import type { RowQuantizerAttrs } from '../kernel_names';
import type { Attributes } from './backend';

/** The attributes of a native op that quantizes rows; those that have their defaults are undefined. */
export function rowQuantizerAttributes({ method, hadamard }: RowQuantizerAttrs): Attributes {
  return { hadamard: hadamard > 0 ? hadamard : undefined, quest: method === 'quest' };
}
