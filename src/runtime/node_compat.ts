/**
 * Puts back the functions of node:util that tfjs-node 4.22 calls and that Node 23 took out
 * (deprecations DEP0044 and DEP0051); without them tf.node's kernels fail with "isNullOrUndefined
 * is not a function".
 */
import * as util from 'node:util';

const REMOVED: Record<string, (value: unknown) => boolean> = {
  isArray: Array.isArray,
  isNullOrUndefined: (value) => value === null || value === undefined,
};

/** Adds what is missing, and leaves alone what is there. Calling it twice is harmless. */
export function restoreRemovedUtil(target: object = mutableUtil()): void {
  for (const [name, implementation] of Object.entries(REMOVED)) {
    if (!(name in target)) {
      Object.defineProperty(target, name, {
        value: implementation,
        writable: true,
        configurable: true,
        enumerable: false,
      });
    }
  }
}

/** The object that require('util') returns: `import * as` may be a frozen copy of it. */
function mutableUtil(): object {
  return (util as unknown as { default?: object }).default ?? util;
}
