import { add, cast, matMul, mul, reshape, serialization, tidy, util } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { initializers, layers, type LayerVariable, type Shape } from '@tensorflow/tfjs-layers';

import { QuantizedDense, type QuantizedDenseArgs } from '../layers/quantized_dense';
import { valueText } from '../ops/values';

type Layer = layers.Layer;

/** The configuration of a `LoraDense` layer. */
export interface LoraDenseArgs extends QuantizedDenseArgs {
  /** Columns of A and rows of B. */
  rank: number;
  /** The adapters count alpha / rank times; `rank` by default. */
  alpha?: number;
}

/**
 * A `QuantizedDense` layer with a low-rank adapter beside its frozen kernel:
 * `activation(x · kernel + bias + alpha / rank · (x · A) · B)`, all but the first two terms in float32.
 *
 * Its weights are A, `loraA` float32 `[K, rank]`, and B, `loraB` float32 `[rank, units]`, which are
 * trained, and after them those of `QuantizedDense`, which are not. B starts as zeros: a new adapter
 * changes nothing.
 *
 * ```js
 * const layer = new tf.qutlass.LoraDense({units: 3, format: 'int4', rank: 2, inputShape: [8]});
 * tf.sequential({layers: [layer]}).predict(tf.ones([1, 8])).print();
 * console.log(layer.trainableWeights.map(({shape}) => shape));  // [8, 2], [2, 3]
 * ```
 *
 * @doc {heading: 'Layers', subheading: 'Quantized', namespace: 'qutlass'}
 */
export class LoraDense extends QuantizedDense {
  /** @nocollapse */
  static override readonly className: string = 'LoraDense';

  readonly rank: number;
  readonly alpha: number;
  /** What follows the sum of product and adapter; the product itself has no activation. */
  readonly outputActivation: string;
  private readonly activationLayer: Layer;
  private adapter: { a: LayerVariable; b: LayerVariable } | null = null;

  /** @throws where `rank`, `alpha` or a setting of `QuantizedDense` is not what it may be. */
  constructor({ rank, alpha, ...args }: LoraDenseArgs) {
    super({ ...args, activation: 'linear' });
    this.rank = rank;
    this.alpha = alpha ?? rank;
    util.assert(
      Number.isInteger(rank) && rank > 0,
      () => `LoraDense ${this.name}: rank is ${valueText(rank)}, expected a positive integer`,
    );
    util.assert(
      Number.isFinite(this.alpha),
      () => `LoraDense ${this.name}: alpha is ${valueText(alpha)}, expected a number`,
    );
    this.outputActivation = args.activation ?? 'linear';
    this.activationLayer = layers.activation({
      activation: this.outputActivation as never,
      name: `${this.name}/activation`,
    });
  }

  override build(inputShape: Shape | Shape[]): void {
    if (this.built) return;
    super.build(inputShape);
    const weight = (
      name: string,
      shape: Shape,
      initializer: ReturnType<typeof initializers.zeros>,
    ) => this.addWeight(name, shape, 'float32', initializer, undefined, true);
    this.adapter = {
      a: weight('loraA', [this.inputDim, this.rank], initializers.heUniform({})),
      b: weight('loraB', [this.rank, this.units], initializers.zeros()),
    };
  }

  override call(inputs: Tensor | Tensor[], kwargs: Parameters<Layer['call']>[1]): Tensor {
    return tidy(() => {
      const product = super.call(inputs, kwargs);
      const [x] = Array.isArray(inputs) ? inputs : [inputs];
      const rows: Tensor2D = reshape(cast(x, 'float32'), [-1, this.inputDim!]);
      const { a, b } = this.adapter!;
      const low = matMul(matMul(rows, a.read() as Tensor2D), b.read() as Tensor2D);
      const sum = add(product, reshape(mul(low, this.alpha / this.rank), product.shape));
      return this.activationLayer.call(sum, {}) as Tensor;
    });
  }

  /** Of the merged kernel: with alpha / rank · A · B added. */
  override dequantizeWeights(): Tensor[] {
    return tidy(() => {
      const [kernel, ...bias] = super.dequantizeWeights();
      const { a, b } = this.adapter!;
      const change = matMul(a.read() as Tensor2D, b.read() as Tensor2D);
      return [add(kernel, mul(change, this.alpha / this.rank)), ...bias];
    });
  }

  override getConfig(): ReturnType<QuantizedDense['getConfig']> {
    const { rank, alpha, outputActivation } = this;
    return { ...super.getConfig(), rank, alpha, activation: outputActivation };
  }
}
serialization.registerClass(LoraDense);

/** By name, not by class: where this package is loaded twice, a model has the layers of one copy. */
export function isLoraDense(layer: Layer): layer is LoraDense {
  return layer.getClassName() === LoraDense.className;
}
