import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';

import type { MatmulInt4Bf16Attrs, MatmulInt4Bf16Inputs } from '../kernel_names';
import { type Attributes, nativeCall, type TensorflowBackend } from './backend';
import { multiplyWeights, type Prepackable } from './prepacking';

/** The kernels, with zeros and without, of a product with grouped int4 weights: one native op. */
export function groupedProductConfigs<Attrs extends MatmulInt4Bf16Attrs>(
  kernelName: string,
  kernelNameWithoutZeros: string,
  otherAttributes: (attrs: Attrs) => Attributes,
): KernelConfig[] {
  const kernelFunc: KernelFunc = (args) => {
    const backend = args.backend as TensorflowBackend;
    const { x, w, scales, zeros, bias } = args.inputs as MatmulInt4Bf16Inputs;
    const attrs = args.attrs as unknown as Attrs;
    const { k, groupSize, activation } = attrs;
    const isEven = groupSize * scales.shape[1] === k;
    const attributes = {
      group_size: isEven ? undefined : groupSize,
      activation,
      ...otherAttributes(attrs),
    };
    const optional = { Zeros: zeros, Bias: bias };
    const weights: Prepackable[] = [
      { tensor: w, kind: 'Int4' },
      { tensor: scales, kind: 'Int4Scales' },
    ];
    if (zeros) weights.push({ tensor: zeros, kind: 'Int4' });
    return multiplyWeights(backend, weights, (arePrepacked) => {
      const name = arePrepacked ? `${kernelName}Prepacked` : kernelName;
      return nativeCall(name, [x, w, scales], attributes, optional);
    });
  };
  return [kernelName, kernelNameWithoutZeros].map((name) => ({
    kernelName: name,
    backendName: 'tensorflow',
    kernelFunc,
  }));
}
