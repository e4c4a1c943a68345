import {
  serialization,
  tidy,
  transpose,
  util,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';

import type { Quantization } from '../layers/formats';
import { quantizationConfig } from '../layers/formats/quantization_config';
import { resolveQuantization } from '../layers/formats/resolve_quantization';
import { rotated } from '../layers/formats/rotation';
import type { QuantizationArgs } from '../layers/quantized_product';
import { fakeQuantize, fakeQuantizeRows, type FakeQuantizeOptions, type ScaleMethod } from '../ops';
import { clippedKernel } from '../ops/fake_quantize';
import { checkFormatVersion } from '../layers/format_version';
import { onlyTensor } from '../layers/quantized_layer';
import { valueText } from '../ops/values';

type Layer = layers.Layer;
type DenseArgs = Parameters<typeof layers.dense>[0];

/** The configuration of a `FakeQuantizedDense` layer. */
export type FakeQuantizedDenseArgs = DenseArgs &
  QuantizationArgs & {
    /** See `FakeQuantizeOptions`; 1 with a rotation and where weights are clipped by `method: 'quest'`. */
    clipRatio?: number;
  };

/** What is used of tfjs's dense layer beyond `Layer`. */
interface DenseLayer extends Layer {
  kernel: { read(): Tensor };
}

type DenseClass = Omit<typeof layers.Layer, 'prototype'> & (new (args: DenseArgs) => DenseLayer);

// tf.layers has a function that makes dense layers, and not their class.
const [Dense] = serialization.SerializationMap.getMap().classNameMap['Dense'] as unknown as [
  DenseClass,
];

/**
 * A dense layer that multiplies with what int4 or int8 leave of its kernel, and trains the kernel
 * itself, which stays float32 (`tf.qutlass.fakeQuantize`). Weights and configuration are those of
 * tf.layers.dense, and those of `QuantizedDense` that say how the kernel is stored.
 *
 * `tf.qutlass.prepareQat` puts it in the place of dense layers, and `tf.qutlass.convert` makes it
 * a `QuantizedDense`.
 *
 * ```js
 * const layer = new tf.qutlass.FakeQuantizedDense({units: 3, format: 'int4', inputShape: [8]});
 * const model = tf.sequential({layers: [layer]});
 * model.predict(tf.ones([1, 8])).print();
 * ```
 *
 * @doc {heading: 'Layers', subheading: 'Quantized', namespace: 'qutlass'}
 */
export class FakeQuantizedDense extends Dense {
  /** @nocollapse */
  static readonly className: string = 'FakeQuantizedDense';

  readonly quantization: Quantization;
  readonly clipRatio: number;

  /** @throws where a setting is not what it may be. */
  constructor(args: FakeQuantizedDenseArgs) {
    super(args);
    const label = `FakeQuantizedDense ${this.name}`;
    checkFormatVersion(label, args.formatVersion);
    this.quantization = resolveQuantization(label, 'format', args.format, args);
    const { rotation } = this.quantization;
    util.assert(
      rotation === undefined || 'hadamard' in rotation,
      () => `${label}: rotation is a matrix, expected {hadamard: size}: training has no other`,
    );
    this.clipRatio = args.clipRatio ?? 1;
    util.assert(
      this.clipRatio > 0 && this.clipRatio <= 1,
      () => `${label}: clipRatio is ${valueText(args.clipRatio)}, expected over 0 and at most 1`,
    );
    util.assert(
      this.clipRatio === 1 || (this.kernelMethod !== 'quest' && rotation === undefined),
      () =>
        `${label}: clipRatio is ${this.clipRatio}, expected 1 with a rotation or method 'quest'`,
    );
  }

  /** The trained kernel `[K, N]` as it is to be packed: float32, and clipped where that is asked. */
  trainedKernel(): Tensor2D {
    return clippedKernel(this.kernel.read() as Tensor2D, this.fakeQuantization());
  }

  override call(inputs: Tensor | Tensor[], kwargs: Parameters<Layer['call']>[1]) {
    return tidy(() => {
      const trained = this.kernel;
      const kernel = this.roundedKernel();
      // All else is the dense layer's own, which reads this.kernel.
      this.kernel = { read: () => kernel };
      try {
        return super.call(this.roundedInputs(onlyTensor(this.name, inputs)), kwargs);
      } finally {
        this.kernel = trained;
      }
    });
  }

  override getConfig(): serialization.ConfigDict {
    return {
      ...super.getConfig(),
      ...quantizationConfig(this.quantization),
      clipRatio: this.clipRatio,
    };
  }

  /** With int8 weights, of int8 activations only the weights are rounded in training. */
  private roundedInputs(inputs: Tensor): Tensor {
    const { format, activations, method, rotation } = this.quantization;
    const turned = rotated(inputs, rotation);
    if (format === 'int8' || activations === 'bf16') return turned;
    return fakeQuantizeRows(turned, { bits: activations === 'int4' ? 4 : 8, method });
  }

  /** The method is that of inputs alone where weights have groups of their own. */
  private get kernelMethod(): ScaleMethod {
    const { groupSize, method = 'abs_max' } = this.quantization;
    return groupSize === undefined ? method : 'abs_max';
  }

  private roundedKernel(): Tensor2D {
    const { format, rotation } = this.quantization;
    const method = this.kernelMethod;
    const kernel = this.kernel.read() as Tensor2D;
    if (method !== 'quest' && rotation === undefined) {
      return fakeQuantize(kernel, this.fakeQuantization());
    }
    const rows = rotated(transpose(kernel), rotation);
    if (method !== 'quest') return fakeQuantize(transpose(rows), this.fakeQuantization());
    return transpose(fakeQuantizeRows<Tensor2D>(rows, { bits: format === 'int8' ? 8 : 4, method }));
  }

  private fakeQuantization(): FakeQuantizeOptions {
    const { clipRatio } = this;
    const { format, symmetric } = this.quantization;
    // The symmetry of int8 is that of the inputs, which are rounded where the layer is used.
    if (format === 'int8') return { bits: 8, clipRatio };
    const { groupSize = this.kernel.read().shape[0] } = this.quantization;
    return { bits: 4, groupSize, symmetric, clipRatio };
  }
}
serialization.registerClass(FakeQuantizedDense);

/** By name, not by class: where this package is loaded twice, a model has the layers of one copy. */
export function isFakeQuantizedDense(layer: Layer): layer is FakeQuantizedDense {
  return layer.getClassName() === FakeQuantizedDense.className;
}
