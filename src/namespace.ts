/** The namespace `tf.qutlass`: the ops, the layers and `info`, the same in Node and in a browser. */
import type { Info } from './info';
import * as layers from './layers';
import * as ops from './ops';

export type Qutlass = typeof ops & typeof layers & { info(): Info };

export function makeNamespace(info: () => Info): Qutlass {
  return { ...ops, ...layers, info };
}

declare module '@tensorflow/tfjs-core' {
  /** Quantized linear algebra, added by tfjs-qutlass. */
  const qutlass: Qutlass;
}
