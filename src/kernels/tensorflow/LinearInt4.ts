import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';

import {
  LinearInt4,
  type LinearInt4Attrs,
  type LinearInt4Inputs,
  LinearInt4WithMatrix,
} from '../kernel_names';
import { type TensorflowBackend, execute } from './backend';
import { rowQuantizerAttributes } from './row_quantizer';

const linearInt4: KernelFunc = (args) => {
  const backend = args.backend as TensorflowBackend;
  const { x, w, wScale, bias, matrix } = args.inputs as LinearInt4Inputs;
  const attrs = args.attrs as unknown as LinearInt4Attrs;
  const attributes = { activation: attrs.activation, ...rowQuantizerAttributes(attrs) };
  const optional = { Bias: bias, Matrix: matrix };
  return execute(backend, LinearInt4, [x, w, wScale], attributes, optional);
};

export const linearInt4Configs: KernelConfig[] = [LinearInt4, LinearInt4WithMatrix].map(
  (kernelName) => ({ kernelName, backendName: 'tensorflow', kernelFunc: linearInt4 }),
);
