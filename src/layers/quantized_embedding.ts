import {
  cast,
  gather,
  notEqual,
  reshape,
  serialization,
  tidy,
  zerosLike,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { initializers, layers, type LayerVariable, type Shape } from '@tensorflow/tfjs-layers';
import { checkFormatVersion } from './format_version';
import { formatOf, type Quantization } from './formats';
import { quantizationConfig } from './formats/quantization_config';
import { resolveQuantization } from './formats/resolve_quantization';
import { onlyShape, onlyTensor, positiveInteger, type QuantizedLayer } from './quantized_layer';
import type { LayerArgs, QuantizationArgs } from './quantized_product';

/** Nothing is multiplied, so that only storage counts. */
type StorageArgs = Omit<QuantizationArgs, 'activations' | 'method' | 'rotation'>;

/** The configuration of a `QuantizedEmbedding` layer. */
export interface QuantizedEmbeddingArgs extends LayerArgs, StorageArgs {
  /** The number of rows of the table: inputs are 0…inputDim-1. */
  inputDim: number;
  /** The number of elements of a row. */
  outputDim: number;
  /** Whether an input of 0 is padding that later layers should mask; false by default. */
  maskZero?: boolean;
  /** The length of the input sequences, where it is constant. */
  inputLength?: number | number[];
}

/**
 * An embedding whose rows are stored in int8, with one scale a row, or in int4, with one scale (and
 * zero point) a group of `groupSize` elements. A call gathers the packed rows that it needs and
 * dequantizes those: there is no float copy of the table.
 *
 * Its weights, none of them trainable, are those that a `QuantizedDense` layer with
 * K = outputDim and N = inputDim has, without a bias. `symmetric` matters to int4 only.
 *
 * ```js
 * const layer = new tf.qutlass.QuantizedEmbedding({inputDim: 3, outputDim: 2, format: 'int8'});
 * layer.build([null, 1]);
 * const {values, scale} = tf.qutlass.quantizeInt8([[0, 0], [1, 2], [127, -3]]);
 * layer.setWeights([values, scale]);
 * layer.apply(tf.tensor2d([[2]], [1, 1], 'int32')).print();  // [[[127, -3]]]
 * ```
 *
 * @doc {heading: 'Layers', subheading: 'Quantized', namespace: 'qutlass'}
 */
export class QuantizedEmbedding extends layers.Layer implements QuantizedLayer {
  /** @nocollapse */
  static readonly className: string = 'QuantizedEmbedding';

  readonly quantization: Quantization;
  readonly inputDim: number;
  readonly outputDim: number;
  readonly maskZero: boolean;
  readonly inputLength: number | number[] | null;
  private table: LayerVariable[] = [];

  /** @throws where an argument is not what it may be. */
  constructor(args: QuantizedEmbeddingArgs) {
    super(args);
    checkFormatVersion(this.label, args.formatVersion);
    if (this.batchInputShape == null) {
      // As tf.layers.embedding does it: it may start a model without an inputShape.
      const sequence = args.inputLength == null ? [null] : [args.inputLength].flat();
      this.batchInputShape = [args.batchSize ?? null, ...sequence];
    }
    this.inputDim = positiveInteger(this.label, 'inputDim', args.inputDim);
    this.outputDim = positiveInteger(this.label, 'outputDim', args.outputDim);
    this.quantization = resolveQuantization(this.label, 'format', args.format, {
      groupSize: args.groupSize,
      symmetric: args.symmetric,
    });
    this.maskZero = args.maskZero ?? false;
    this.supportsMasking = this.maskZero;
    this.inputLength = args.inputLength ?? null;
  }

  get kernelShape(): number[] {
    return [this.inputDim, this.outputDim];
  }

  get floatSize(): number {
    return this.inputDim * this.outputDim;
  }

  override build(): void {
    if (this.built) return;
    this.table = formatOf(this.quantization)
      .specs(this.outputDim, this.inputDim, this.quantization)
      .map(({ name, shape, dtype }) =>
        this.addWeight(name, shape, dtype, initializers.zeros(), undefined, false),
      );
    this.built = true;
  }

  dequantizeWeights(): Tensor[] {
    return tidy(() => [this.dequantize(this.table.map((weight) => weight.read()))]);
  }

  override computeMask(inputs: Tensor | Tensor[]): Tensor {
    if (!this.maskZero) return null as never; // which its type in tfjs leaves out
    return tidy(() => {
      const input = onlyTensor(this.label, inputs);
      return notEqual(input, zerosLike(input));
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, ...sequence] = onlyShape(this.label, inputShape);
    const lengths = this.inputLength === null ? sequence : [this.inputLength].flat();
    return [batch, ...sequence.map((size, axis) => lengths[axis] ?? size), this.outputDim];
  }

  override call(inputs: Tensor | Tensor[], kwargs: Parameters<layers.Layer['call']>[1]): Tensor {
    return tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const input = onlyTensor(this.label, inputs);
      const indices = cast(reshape(input, [input.size]), 'int32') as Tensor1D;
      const rows = this.table.map((weight) => gather(weight.read(), indices));
      return reshape(this.dequantize(rows), [...input.shape, this.outputDim]);
    });
  }

  override getConfig(): serialization.ConfigDict {
    return {
      ...super.getConfig(),
      inputDim: this.inputDim,
      outputDim: this.outputDim,
      ...quantizationConfig(this.quantization),
      maskZero: this.maskZero,
      inputLength: this.inputLength,
    };
  }

  // An embedding takes inputs of any rank, whatever batchInputShape says of the usual ones.
  override warnOnIncompatibleInputShape(): void {}

  private get label(): string {
    return `${this.getClassName()} ${this.name}`;
  }

  private dequantize(weights: Tensor[]): Tensor {
    return formatOf(this.quantization).dequantize(weights, this.outputDim, this.quantization);
  }
}
serialization.registerClass(QuantizedEmbedding);

/** A `QuantizedEmbedding` layer, made as `tf.layers` makes its own: without `new`. */
export function quantizedEmbedding(args: QuantizedEmbeddingArgs): QuantizedEmbedding {
  return new QuantizedEmbedding(args);
}
