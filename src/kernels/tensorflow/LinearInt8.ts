import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';

import {
  LinearInt8,
  type LinearInt8Attrs,
  type LinearInt8Inputs,
  LinearInt8WithMatrix,
} from '../kernel_names';
import { nativeCall, type TensorflowBackend } from './backend';
import { multiplyWeights } from './prepacking';
import { rowQuantizerAttributes } from './row_quantizer';

const linearInt8: KernelFunc = (args) => {
  const backend = args.backend as TensorflowBackend;
  const { x, w, wScale, bias, matrix } = args.inputs as LinearInt8Inputs;
  const attrs = args.attrs as unknown as LinearInt8Attrs;
  const { activation, symmetric } = attrs;
  const attributes = { asymmetric: !symmetric, activation, ...rowQuantizerAttributes(attrs) };
  const optional = { Bias: bias, Matrix: matrix };
  return multiplyWeights(backend, [{ tensor: w, kind: 'Int8' }], (arePrepacked) => {
    const name = arePrepacked ? 'QutlassLinearInt8Prepacked' : LinearInt8;
    return nativeCall(name, [x, w, wScale], attributes, optional);
  });
};

export const linearInt8Configs: KernelConfig[] = [LinearInt8, LinearInt8WithMatrix].map(
  (kernelName) => ({ kernelName, backendName: 'tensorflow', kernelFunc: linearInt8 }),
);
