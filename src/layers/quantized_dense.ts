import { serialization, tidy, util, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { layers, Shape } from '@tensorflow/tfjs-layers';
import { onlyShape, onlyTensor } from './quantized_layer';
import { QuantizedProduct, type QuantizedProductArgs } from './quantized_product';

/** The configuration of a `QuantizedDense` layer. */
export interface QuantizedDenseArgs extends QuantizedProductArgs {
  /** N, the size of the last axis of the output. */
  units: number;
}

/**
 * A dense layer whose kernel is stored in int8 or int4: `activation(x · kernel + bias)`, rounded to
 * bf16 before any activation other than linear, relu and relu6.
 *
 * `format: 'int8'` quantizes the inputs too, row by row as they come (`tf.qutlass.linearInt8`);
 * `format: 'int4'` keeps them in bf16 (`tf.qutlass.matmulInt4Bf16`), or with `activations: 'int8'` or
 * 'int4' quantizes them to that (`tf.qutlass.linearInt8Int4`, `linearInt4`). With a `rotation` they are
 * turned first, as the kernel was. The layer takes float32 `[…, M, K]` to float32 `[…, M, N]`, of any
 * rank from 2 on.
 *
 * Its weights, none of them trainable, are in this order: `kernel` int32 `[N, ceil(K/4)]` (int8) or
 * `[N, ceil(K/8)]` (int4); `scale` float32 `[N]` (int8, and int4 with int4 activations) or `scales`
 * float32 `[N, G]` (int4 with bf16 or int8 activations), with G = ceil(K/groupSize); `zeros` int32
 * `[N, G]` (int4 that is not symmetric); `rotation` float32 `[n, n]` (where a matrix turns the inputs);
 * `bias` float32 `[N]`.
 * They are zeros until set: by `quantizeModel`, by `packWeights` and `setWeights`, or by loading.
 * Gradients pass through the layer to what comes before it, see `tf.qutlass.linearInt8`.
 *
 * ```js
 * const layer = new tf.qutlass.QuantizedDense({units: 3, format: 'int8', activation: 'relu'});
 * layer.build([null, 4]);
 * layer.setWeights(layer.packWeights(tf.ones([4, 3]), tf.zeros([3])));
 * layer.apply(tf.ones([1, 4])).print();  // 4, 4, 4
 * ```
 *
 * @doc {heading: 'Layers', subheading: 'Quantized', namespace: 'qutlass'}
 */
export class QuantizedDense extends QuantizedProduct {
  /** @nocollapse */
  static readonly className: string = 'QuantizedDense';

  /**
   * @throws where `units`, `format`, `activations`, `groupSize`, `symmetric`, `method`, `rotation`,
   * `activation` or `inputDim` is not what it may be.
   */
  constructor(args: QuantizedDenseArgs) {
    super(args, 'units', args.units);
    this.supportsMasking = true;
    this.inputSpec = [{ minNDim: 2 }];
  }

  /** `[K, N]`, or null before the layer is built where K was not given. */
  get kernelShape(): number[] | null {
    return this.inputDim === null ? null : [this.inputDim, this.units];
  }

  /** @throws where the last axis of `inputShape` is not K, or K is too large for the format. */
  override build(inputShape: Shape | Shape[]): void {
    if (this.built) return;
    const shape = onlyShape(this.label, inputShape);
    const k = shape[shape.length - 1];
    util.assert(
      shape.length >= 2 && k != null,
      () => `${this.label}: the input has shape [${shape}], expected […, M, K] with K known`,
    );
    this.buildKernel(k!);
    this.inputSpec = [{ minNDim: 2, axes: { [-1]: k! } }];
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return [...onlyShape(this.label, inputShape).slice(0, -1), this.units];
  }

  override call(inputs: Tensor | Tensor[], kwargs: Parameters<layers.Layer['call']>[1]): Tensor {
    return tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      return this.multiply(onlyTensor(this.label, inputs));
    });
  }

  override getConfig(): serialization.ConfigDict & ReturnType<QuantizedProduct['getConfig']> {
    return { ...super.getConfig(), units: this.units };
  }

  protected override fromMatrix(kernel: Tensor2D): Tensor {
    return kernel;
  }
}
serialization.registerClass(QuantizedDense);

/** A `QuantizedDense` layer, made as `tf.layers` makes its own: without `new`. */
export function quantizedDense(args: QuantizedDenseArgs): QuantizedDense {
  return new QuantizedDense(args);
}
