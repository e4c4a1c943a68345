import { serialization, tidy, util, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';

import { resolveQuantization, type FormatName, type Quantization } from '../layers/formats';
import { fakeQuantize, type FakeQuantizeOptions } from '../ops';
import { clippedKernel } from '../ops/fake_quantize';
import { valueText } from '../ops/values';

type Layer = layers.Layer;
type DenseArgs = Parameters<typeof layers.dense>[0];

/** The configuration of a `FakeQuantizedDense` layer. */
export type FakeQuantizedDenseArgs = DenseArgs & {
  /** How the kernel is going to be stored. */
  format: FormatName;
  /** See `QuantizedDenseArgs`. */
  groupSize?: number;
  /** See `QuantizedDenseArgs`. */
  symmetric?: boolean;
  /** See `FakeQuantizeOptions`. */
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
    this.quantization = resolveQuantization(label, 'format', args.format, {
      groupSize: args.groupSize ?? undefined,
      symmetric: args.symmetric ?? undefined,
    });
    this.clipRatio = args.clipRatio ?? 1;
    util.assert(
      this.clipRatio > 0 && this.clipRatio <= 1,
      () => `${label}: clipRatio is ${valueText(args.clipRatio)}, expected over 0 and at most 1`,
    );
  }

  /** The trained kernel `[K, N]` as it is to be packed: float32, and clipped where that is asked. */
  trainedKernel(): Tensor2D {
    return clippedKernel(this.kernel.read() as Tensor2D, this.fakeQuantization());
  }

  override call(inputs: Tensor | Tensor[], kwargs: Parameters<Layer['call']>[1]) {
    return tidy(() => {
      const trained = this.kernel;
      const kernel = fakeQuantize(trained.read(), this.fakeQuantization());
      // All else is the dense layer's own, which reads this.kernel.
      this.kernel = { read: () => kernel };
      try {
        return super.call(inputs, kwargs);
      } finally {
        this.kernel = trained;
      }
    });
  }

  override getConfig(): serialization.ConfigDict {
    const { format, groupSize, symmetric } = this.quantization;
    return {
      ...super.getConfig(),
      ...{ format, groupSize: groupSize ?? null, symmetric, clipRatio: this.clipRatio },
    };
  }

  private fakeQuantization(): FakeQuantizeOptions {
    const { clipRatio } = this;
    const { format, groupSize, symmetric } = this.quantization;
    // The symmetry of int8 is that of the inputs, which are rounded where the layer is used.
    return format === 'int8'
      ? { bits: 8, clipRatio }
      : { bits: 4, groupSize, symmetric, clipRatio };
  }
}
serialization.registerClass(FakeQuantizedDense);

/** By name, not by class: where this package is loaded twice, a model has the layers of one copy. */
export function isFakeQuantizedDense(layer: Layer): layer is FakeQuantizedDense {
  return layer.getClassName() === FakeQuantizedDense.className;
}
