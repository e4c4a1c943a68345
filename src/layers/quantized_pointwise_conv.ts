import {
  reshape,
  serialization,
  stridedSlice,
  tidy,
  transpose,
  util,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { layers, Shape } from '@tensorflow/tfjs-layers';
import { valueText } from '../ops/values';
import { onlyShape, onlyTensor, positiveInteger } from './quantized_layer';
import { QuantizedProduct, type QuantizedProductArgs } from './quantized_product';

type DataFormat = 'channelsLast' | 'channelsFirst';

/** The configuration of a `QuantizedPointwiseConv` layer. */
export interface QuantizedPointwiseConvArgs extends QuantizedProductArgs {
  /** The number of channels of the output. */
  filters: number;
  /** One stride for each spatial axis: one for a 1D convolution, two for 2D, three for 3D. */
  strides: number[];
  /** Where the inputs have their channels; 'channelsLast' by default. */
  dataFormat?: DataFormat;
}

/**
 * A convolution whose kernel covers one position, stored in int8 or int4: a dense product at each
 * position that the strides reach. Nothing is ever padded, and no dilation matters to it.
 *
 * Formats, arithmetic and weights are those of `QuantizedDense`, with K channels of the input and
 * N filters.
 *
 * ```js
 * const layer = new tf.qutlass.QuantizedPointwiseConv({filters: 3, strides: [2, 2], format: 'int8'});
 * layer.build([null, 5, 5, 4]);
 * layer.setWeights(layer.packWeights(tf.ones([4, 3]), tf.zeros([3])));
 * console.log(layer.apply(tf.ones([1, 5, 5, 4])).shape);  // [1, 3, 3, 3]
 * ```
 *
 * @doc {heading: 'Layers', subheading: 'Quantized', namespace: 'qutlass'}
 */
export class QuantizedPointwiseConv extends QuantizedProduct {
  /** @nocollapse */
  static readonly className: string = 'QuantizedPointwiseConv';

  readonly strides: number[];
  readonly dataFormat: DataFormat;

  /** @throws where an argument is not what it may be. */
  constructor(args: QuantizedPointwiseConvArgs) {
    super(args, 'filters', args.filters);
    util.assert(
      Array.isArray(args.strides) && args.strides.length >= 1 && args.strides.length <= 3,
      () => `${this.label}: strides is ${valueText(args.strides)}, expected one to three numbers`,
    );
    this.strides = args.strides.map((stride) => positiveInteger(this.label, 'a stride', stride));
    this.dataFormat = args.dataFormat ?? 'channelsLast';
    util.assert(
      this.dataFormat === 'channelsLast' || this.dataFormat === 'channelsFirst',
      () =>
        `${this.label}: dataFormat is ${valueText(args.dataFormat)}, expected 'channelsLast' or ` +
        `'channelsFirst'`,
    );
    this.inputSpec = [{ ndim: this.rank + 2 }];
  }

  /** `[1, …, K, N]`, or null before the layer is built where K was not given. */
  get kernelShape(): number[] | null {
    return this.inputDim === null
      ? null
      : [...this.strides.map(() => 1), this.inputDim, this.units];
  }

  /** @throws where the input has not K channels, or K is too large for the format. */
  override build(inputShape: Shape | Shape[]): void {
    if (this.built) return;
    const shape = onlyShape(this.label, inputShape);
    const k = shape[this.channelAxis];
    util.assert(
      shape.length === this.rank + 2 && k != null,
      () =>
        `${this.label}: the input has shape [${shape}], expected ${this.rank + 2} axes with the ` +
        `number of channels known`,
    );
    this.buildKernel(k!);
    this.inputSpec = [{ ndim: this.rank + 2, axes: { [this.channelAxis]: k! } }];
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, ...rest] = onlyShape(this.label, inputShape);
    const isFirst = this.dataFormat === 'channelsFirst';
    const positions = (isFirst ? rest.slice(1) : rest.slice(0, -1)).map((size, axis) =>
      size == null ? null : Math.ceil(size / this.strides[axis]),
    );
    return isFirst ? [batch, this.units, ...positions] : [batch, ...positions, this.units];
  }

  override call(inputs: Tensor | Tensor[], kwargs: Parameters<layers.Layer['call']>[1]): Tensor {
    return tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const x = onlyTensor(this.label, inputs);
      const axes = Array.from({ length: this.rank }, (_, axis) => axis + 1);
      const isFirst = this.dataFormat === 'channelsFirst';
      const channelsLast = isFirst ? transpose(x, [0, ...axes.map((i) => i + 1), 1]) : x;
      const y = this.multiply(this.atStrides(channelsLast));
      return isFirst ? transpose(y, [0, this.rank + 1, ...axes]) : y;
    });
  }

  override getConfig(): serialization.ConfigDict & ReturnType<QuantizedProduct['getConfig']> {
    const { units: filters, strides, dataFormat } = this;
    return { ...super.getConfig(), filters, strides, dataFormat };
  }

  protected override fromMatrix(kernel: Tensor2D): Tensor {
    return reshape(kernel, this.kernelShape!);
  }

  /** The number of spatial axes. */
  private get rank(): number {
    return this.strides.length;
  }

  private get channelAxis(): number {
    return this.dataFormat === 'channelsFirst' ? 1 : this.rank + 1;
  }

  /** The positions of a channels-last `x` that the strides reach. */
  private atStrides(x: Tensor): Tensor {
    if (this.strides.every((stride) => stride === 1)) return x;
    const begin = x.shape.map(() => 0);
    return stridedSlice(x, begin, x.shape, [1, ...this.strides, 1]);
  }
}
serialization.registerClass(QuantizedPointwiseConv);

/** A `QuantizedPointwiseConv` layer, made as `tf.layers` makes its own: without `new`. */
export function quantizedPointwiseConv(args: QuantizedPointwiseConvArgs): QuantizedPointwiseConv {
  return new QuantizedPointwiseConv(args);
}
