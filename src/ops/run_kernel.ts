/** The step from an op to the kernel of whichever backend is active. */
import { backend, engine, getBackend, getKernel, util } from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';

/**
 * Runs a kernel of the active backend; inputs that are undefined are left out.
 * @throws where the backend lacks it, with the remedy.
 */
export function runKernel<T extends Tensor | Tensor[]>(
  op: string,
  kernelName: string,
  inputs: { [name: string]: Tensor | undefined },
  attrs: { [name: string]: number | boolean | string } = {},
): T {
  // tfjs chooses a backend when one is first needed; before that it has no name.
  backend();
  util.assert(
    getKernel(kernelName, getBackend()) != null,
    () =>
      `${op}: backend '${getBackend()}' has no kernel ${kernelName}. In a browser call ` +
      `await tf.setBackend('cpu') first; in Node load @tensorflow/tfjs-node or tfjs-node-gpu and ` +
      `then require('tfjs-qutlass')`,
  );
  const present: NamedTensorMap = {};
  for (const name in inputs) {
    const input = inputs[name];
    if (input !== undefined) present[name] = input;
  }
  return engine().runKernel(kernelName, present, attrs);
}
