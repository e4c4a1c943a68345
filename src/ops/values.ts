/** Values in error messages. */
import { Tensor } from '@tensorflow/tfjs-core';

/** `[64,3]` */
export function shapeText(shape: number[]): string {
  return `[${shape.join(',')}]`;
}

/** A value of any type, in a few words. */
export function valueText(value: unknown): string {
  if (value instanceof Tensor) {
    const { dtype, shape } = value as Tensor;
    return `a ${dtype} tensor of shape ${shapeText(shape)}`;
  }
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) {
    return `an object (${value.constructor?.name ?? 'without a prototype'})`;
  }
  return String(value);
}

/** `'a'`, `'a' or 'b'`, `'a', 'b' or 'c'` */
export function alternatives(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  const last = quoted.pop();
  return quoted.length > 0 ? `${quoted.join(', ')} or ${last}` : String(last);
}
