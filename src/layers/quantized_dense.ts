import { cast, serialization, tidy, util, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { initializers, layers, type LayerVariable, type Shape } from '@tensorflow/tfjs-layers';
import type { FusedActivation } from '../ops';
import { valueText } from '../ops/values';
import { formatOf, resolveQuantization, type FormatName, type Quantization } from './formats';

type LayerArgs = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;

/** The configuration of a `QuantizedDense` layer. */
export interface QuantizedDenseArgs extends LayerArgs {
  /** N, the size of the last axis of the output. */
  units: number;
  /** How the kernel is stored. */
  format: FormatName;
  /** int4 only: how many elements along K share a scale, a multiple of 8; 128 by default. */
  groupSize?: number;
  /**
   * int4: no zero points, every group's range is symmetric about 0; false by default.
   * int8: the inputs are quantized over a range symmetric about 0; true by default. Inputs of one
   * sign, such as the outputs of a relu, lose half as much where it is false.
   */
  symmetric?: boolean;
  /** Whether a bias is added; true by default. */
  useBias?: boolean;
  /** Any activation of tf.layers, by name; none ('linear') by default. */
  activation?: string;
  /**
   * K, the size of the last axis of the input; taken from the first input where it is not given.
   * It does not stand for `inputShape`, which the first layer of a Sequential model needs.
   */
  inputDim?: number;
}

/**
 * A dense layer whose kernel is stored in int8 or int4: `activation(x · kernel + bias)`, rounded to
 * bf16 before any activation other than linear, relu and relu6.
 *
 * `format: 'int8'` quantizes the inputs too, row by row as they come (`tf.qutlass.linearInt8`);
 * `format: 'int4'` keeps them in bf16 (`tf.qutlass.matmulInt4Bf16`). The layer takes float32
 * `[…, M, K]` to float32 `[…, M, N]`, of any rank from 2 on.
 *
 * Its weights, none of them trainable, are in this order: `kernel` int32 `[N, ceil(K/4)]` (int8) or
 * `[N, ceil(K/8)]` (int4); `scale` float32 `[N]` (int8) or `scales` float32 `[N, G]` (int4), with
 * G = ceil(K/groupSize); `zeros` int32 `[N, G]` (int4 that is not symmetric); `bias` float32 `[N]`.
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
export class QuantizedDense extends layers.Layer {
  /** @nocollapse */
  static readonly className: string = 'QuantizedDense';

  readonly units: number;
  readonly quantization: Quantization;
  readonly useBias: boolean;
  readonly activation: string;
  private inputDim: number | null;
  private readonly separateActivation: layers.Layer | null;
  private kernel: LayerVariable[] = [];
  private bias: LayerVariable | null = null;

  /**
   * @throws where `units`, `format`, `groupSize`, `symmetric`, `activation` or `inputDim` is not
   * what it may be.
   */
  constructor(args: QuantizedDenseArgs) {
    super(args);
    this.units = this.positiveInteger('units', args.units);
    this.inputDim = args.inputDim == null ? null : this.positiveInteger('inputDim', args.inputDim);
    this.quantization = resolveQuantization(this.label, 'format', args.format, {
      groupSize: args.groupSize ?? undefined,
      symmetric: args.symmetric ?? undefined,
    });
    this.useBias = args.useBias ?? true;
    this.activation = args.activation ?? 'linear';
    this.separateActivation = isFused(this.activation)
      ? null
      : layers.activation({
          activation: this.activation as never,
          name: `${this.name}/activation`,
        });
    this.supportsMasking = true;
    this.inputSpec = [{ minNDim: 2 }];
  }

  /** K, or null before the layer is built where it was not given. */
  get kernelRows(): number | null {
    return this.inputDim;
  }

  /** @throws where the last axis of `inputShape` is not K, or K is too large for the format. */
  override build(inputShape: Shape | Shape[]): void {
    if (this.built) return;
    const k = this.checkedInputDim(onlyShape(this.label, inputShape));
    const weight = (name: string, shape: Shape, dtype: 'int32' | 'float32') =>
      this.addWeight(name, shape, dtype, initializers.zeros(), undefined, false);
    this.inputDim = k;
    this.kernel = formatOf(this.quantization)
      .specs(k, this.units, this.quantization)
      .map(({ name, shape, dtype }) => weight(name, shape, dtype));
    if (this.useBias) this.bias = weight('bias', [this.units], 'float32');
    this.inputSpec = [{ minNDim: 2, axes: { [-1]: k } }];
    this.built = true;
  }

  /**
   * The weights of this layer for the kernel of a dense layer, in the order of `setWeights`.
   *
   * @param kernel float32 `[K, units]`
   * @param bias float32 `[units]`; exactly where the layer uses a bias. It is returned as it is.
   * @throws where a shape is another one.
   */
  packWeights(kernel: Tensor2D, bias?: Tensor): Tensor[] {
    const k = this.inputDim ?? kernel.shape[0];
    util.assertShapesMatch(kernel.shape, [k, this.units], `${this.label}: the kernel: `);
    util.assert(
      (bias !== undefined) === this.useBias,
      () =>
        `${this.label}: a bias is ${bias ? 'given' : 'missing'}, but useBias is ${this.useBias}`,
    );
    if (bias) util.assertShapesMatch(bias.shape, [this.units], `${this.label}: the bias: `);
    const packed = formatOf(this.quantization).pack(kernel, this.quantization);
    return bias ? [...packed, bias] : packed;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return [...onlyShape(this.label, inputShape).slice(0, -1), this.units];
  }

  override call(inputs: Tensor | Tensor[], kwargs: Parameters<layers.Layer['call']>[1]): Tensor {
    return tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const input = onlyTensor(this.label, inputs);
      const product = formatOf(this.quantization).product(
        input.dtype === 'float32' ? input : cast(input, 'float32'),
        this.kernel.map((weight) => weight.read()),
        this.quantization,
        {
          bias: this.bias?.read(),
          activation: isFused(this.activation) ? this.activation : 'linear',
        },
      );
      return (this.separateActivation?.call(product, {}) as Tensor | undefined) ?? product;
    });
  }

  override getConfig(): serialization.ConfigDict {
    return {
      ...super.getConfig(),
      units: this.units,
      format: this.quantization.format,
      groupSize: this.quantization.groupSize ?? null,
      symmetric: this.quantization.symmetric,
      useBias: this.useBias,
      activation: this.activation,
      inputDim: this.inputDim,
    };
  }

  private get label(): string {
    return `QuantizedDense ${this.name}`;
  }

  private positiveInteger(argument: string, value: unknown): number {
    util.assert(
      Number.isInteger(value) && (value as number) > 0,
      () => `${this.label}: ${argument} is ${valueText(value)}, expected a positive integer`,
    );
    return value as number;
  }

  private checkedInputDim(inputShape: Shape): number {
    const k = inputShape[inputShape.length - 1];
    util.assert(
      inputShape.length >= 2 && k != null,
      () => `${this.label}: the input has shape [${inputShape}], expected […, M, K] with K known`,
    );
    util.assert(
      this.inputDim === null || k === this.inputDim,
      () => `${this.label}: the input has ${k} features, but the kernel has K=${this.inputDim}`,
    );
    const reason = formatOf(this.quantization).unsupported(k!, this.quantization);
    util.assert(reason === null, () => `${this.label}: ${reason}`);
    return k!;
  }
}
serialization.registerClass(QuantizedDense);

/** A `QuantizedDense` layer, made as `tf.layers` makes its own: without `new`. */
export function quantizedDense(args: QuantizedDenseArgs): QuantizedDense {
  return new QuantizedDense(args);
}

const CLASS_NAMES = [QuantizedDense.className, 'LoraDense'];

/**
 * Whether it is one, or one with an adapter. By name, not by class: where this package is loaded
 * twice, a model has the layers of one copy.
 */
export function isQuantizedDense(layer: layers.Layer): layer is QuantizedDense {
  return CLASS_NAMES.includes(layer.getClassName());
}

function isFused(activation: string): activation is FusedActivation {
  return activation === 'linear' || activation === 'relu' || activation === 'relu6';
}

function onlyShape(label: string, shape: Shape | Shape[]): Shape {
  if (!Array.isArray(shape[0])) return shape as Shape;
  util.assert(shape.length === 1, () => `${label}: ${shape.length} inputs, expected one`);
  return shape[0];
}

function onlyTensor(label: string, inputs: Tensor | Tensor[]): Tensor {
  if (!Array.isArray(inputs)) return inputs;
  util.assert(inputs.length === 1, () => `${label}: ${inputs.length} inputs, expected one`);
  return inputs[0];
}
