import { cast, tidy, transpose, util, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { initializers, layers, type LayerVariable } from '@tensorflow/tfjs-layers';
import type { FusedActivation, ScaleMethod } from '../ops';
import { checkFormatVersion } from './format_version';
import {
  formatOf,
  hasMatrix,
  matrixSize,
  unsupportedKernel,
  matrixWeight,
  withMatrix,
  type ActivationFormat,
  type FormatName,
  type LayerRotation,
  type Quantization,
} from './formats';
import { quantizationConfig } from './formats/quantization_config';
import { resolveQuantization } from './formats/resolve_quantization';
import { positiveInteger, type QuantizedLayer } from './quantized_layer';

export type LayerArgs = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;

/** How a quantized layer stores its kernel. */
export interface QuantizationArgs {
  /** How the kernel is stored. */
  format: FormatName;
  /**
   * What inputs are multiplied as: 'int8' for int8 kernels; 'bf16' (the default), 'int8' or 'int4' for
   * int4 ones.
   */
  activations?: ActivationFormat;
  /**
   * int4 with bf16 or int8 activations only: how many elements along K share a scale, a multiple of 8;
   * 128 by default. With int4 activations there is one scale an output.
   */
  groupSize?: number;
  /**
   * int4: no zero points, every group's range is symmetric about 0; false by default.
   * int8: the inputs are quantized over a range symmetric about 0; true by default. Inputs of one
   * sign, such as the outputs of a relu, lose half as much where it is false.
   * int4 with int4 activations: true.
   */
  symmetric?: boolean;
  /**
   * Of inputs and kernel, of int4 with int8 activations that of inputs alone, see
   * `tf.qutlass.quantizeInt4`; 'abs_max' with bf16 activations.
   */
  method?: ScaleMethod;
  /**
   * How blocks of K are turned, of the inputs as they come and of the kernel: by a Hadamard matrix, or
   * by an orthogonal one that is a weight of the layer.
   */
  rotation?: LayerRotation;
  /** Of a layer that was saved: the version of how. */
  formatVersion?: number;
}

/** The configuration that layers which end in a product share. */
export interface QuantizedProductArgs extends LayerArgs, QuantizationArgs {
  /** Whether a bias is added; true by default. */
  useBias?: boolean;
  /** Any activation of tf.layers, by name; none ('linear') by default. */
  activation?: string;
  /**
   * K, the size of the input's axis of features; taken from the first input where it is not given.
   * It does not stand for `inputShape`, which the first layer of a Sequential model needs.
   */
  inputDim?: number;
}

/** A layer that multiplies rows of K features by a quantized kernel `[K, units]`. */
export abstract class QuantizedProduct extends layers.Layer implements QuantizedLayer {
  readonly units: number;
  readonly quantization: Quantization;
  readonly useBias: boolean;
  readonly activation: string;
  protected inputDim: number | null;
  private readonly separateActivation: layers.Layer | null;
  private kernel: LayerVariable[] = [];
  private matrix: LayerVariable | null = null;
  private bias: LayerVariable | null = null;

  /** @param unitsArgument what the layer's own arguments call `units` */
  protected constructor(args: QuantizedProductArgs, unitsArgument: string, units: number) {
    super(args);
    checkFormatVersion(this.label, args.formatVersion);
    this.units = positiveInteger(this.label, unitsArgument, units);
    this.inputDim =
      args.inputDim == null ? null : positiveInteger(this.label, 'inputDim', args.inputDim);
    this.quantization = resolveQuantization(this.label, 'format', args.format, args);
    this.useBias = args.useBias ?? true;
    this.activation = args.activation ?? 'linear';
    this.separateActivation = isFused(this.activation)
      ? null
      : layers.activation({
          activation: this.activation as never,
          name: `${this.name}/activation`,
        });
  }

  abstract get kernelShape(): number[] | null;

  get floatSize(): number {
    return this.units * (this.inputDim! + (this.useBias ? 1 : 0));
  }

  /** The kernel as the float layer has it, from `[K, units]`. */
  protected abstract fromMatrix(kernel: Tensor2D): Tensor;

  /**
   * The weights of this layer for the kernel of a float layer, in the order of `setWeights`.
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
    const { rotation } = this.quantization;
    const quantization = hasMatrix(rotation) ? this.quantization : this.knownQuantization;
    const packed = formatOf(quantization).pack(kernel, quantization);
    return [...packed, ...matrixWeight(quantization.rotation), ...(bias ? [bias] : [])];
  }

  dequantizeWeights(): Tensor[] {
    return tidy(() => {
      const weights = this.kernel.map((weight) => weight.read());
      const quantization = this.knownQuantization;
      const rows = formatOf(quantization).dequantize(weights, this.inputDim!, quantization);
      const kernel = this.fromMatrix(transpose(rows as Tensor2D));
      return this.bias === null ? [kernel] : [kernel, this.bias.read().clone()];
    });
  }

  override getConfig() {
    return {
      ...super.getConfig(),
      ...quantizationConfig(this.quantization),
      useBias: this.useBias,
      activation: this.activation,
      inputDim: this.inputDim,
    };
  }

  protected get label(): string {
    return `${this.getClassName()} ${this.name}`;
  }

  /** With the matrix of the rotation, where that is a weight. */
  private get knownQuantization(): Quantization {
    return withMatrix(this.quantization, this.matrix?.read());
  }

  /** Adds the weights for K features. @throws where that is not K, or too many for the format. */
  protected buildKernel(k: number): void {
    util.assert(
      this.inputDim === null || k === this.inputDim,
      () => `${this.label}: the input has ${k} features, but the kernel has K=${this.inputDim}`,
    );
    const reason = unsupportedKernel(k, this.quantization);
    util.assert(reason === null, () => `${this.label}: ${reason}`);
    const weight = (name: string, shape: number[], dtype: 'int32' | 'float32') =>
      this.addWeight(name, shape, dtype, initializers.zeros(), undefined, false);
    this.kernel = formatOf(this.quantization)
      .specs(k, this.units, this.quantization)
      .map(({ name, shape, dtype }) => weight(name, shape, dtype));
    const n = matrixSize(this.quantization.rotation);
    if (n !== null) this.matrix = weight('rotation', [n, n], 'float32');
    if (this.useBias) this.bias = weight('bias', [this.units], 'float32');
    this.inputDim = k;
  }

  /** activation(x · kernel + bias) for x `[…, K]`. */
  protected multiply(x: Tensor): Tensor {
    const product = formatOf(this.quantization).product(
      x.dtype === 'float32' ? x : cast(x, 'float32'),
      this.kernel.map((weight) => weight.read()),
      this.knownQuantization,
      {
        bias: this.bias?.read(),
        activation: isFused(this.activation) ? this.activation : 'linear',
      },
    );
    return (this.separateActivation?.call(product, {}) as Tensor | undefined) ?? product;
  }
}

function isFused(activation: string): activation is FusedActivation {
  return activation === 'linear' || activation === 'relu' || activation === 'relu6';
}
