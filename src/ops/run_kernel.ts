/** The step from an op to the kernel of whichever backend is active. */
import { engine, getBackend, getKernel } from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';

/** `error`, or what is behind it where the active backend lacks the kernel, with the remedy. */
function explained(op: string, kernelName: string, error: unknown): unknown {
  const backend = getBackend();
  if (getKernel(kernelName, backend) != null) return error;
  return new Error(
    `${op}: backend '${backend}' has no kernel ${kernelName}. In a browser call ` +
      `await tf.setBackend('cpu') first; in Node load @tensorflow/tfjs-node or tfjs-node-gpu and ` +
      `then require('tfjs-qutlass')`,
  );
}

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
  const present: NamedTensorMap = {};
  for (const name in inputs) {
    const input = inputs[name];
    if (input !== undefined) present[name] = input;
  }
  try {
    return engine().runKernel(kernelName, present, attrs);
  } catch (error) {
    throw explained(op, kernelName, error);
  }
}
