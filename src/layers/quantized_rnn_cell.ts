import { concat, serialization, tidy, transpose, util, type Tensor } from '@tensorflow/tfjs-core';
import { initializers, layers, type LayerVariable, type Shape } from '@tensorflow/tfjs-layers';
import { alternatives, valueText } from '../ops/values';
import { checkFormatVersion } from './format_version';
import { formatOf, matrixSize, unsupportedKernel, withMatrix, type Quantization } from './formats';
import { quantizationConfig } from './formats/quantization_config';
import { resolveQuantization } from './formats/resolve_quantization';
import { onlyShape, positiveInteger } from './quantized_layer';
import type { LayerArgs, QuantizationArgs } from './quantized_product';
import { RECURRENT_CELLS, type RecurrentCell, type RecurrentCellName } from './recurrent_cells';

/** The configuration of a `QuantizedRNNCell`. */
export interface QuantizedRNNCellArgs extends LayerArgs, QuantizationArgs {
  /** What the cell computes: 'simple', 'gru' or 'lstm'. */
  cell: RecurrentCellName;
  /** The size of a state. */
  units: number;
  /** Any activation of tf.layers, by name; 'tanh' by default. */
  activation?: string;
  /** That of the gates; 'hardSigmoid' by default. */
  recurrentActivation?: string;
  /** Whether a bias is added; true by default. */
  useBias?: boolean;
}

/**
 * The cell of a SimpleRNN, GRU or LSTM layer, for `QuantizedRNN`, whose kernels are stored in int8 or
 * int4. Each product, of an input or of a state, is rounded to bf16. There is no dropout: the weights
 * are not trained.
 *
 * Its weights are those that `QuantizedDense` layers have for the kernel and for the recurrent
 * kernel, which of a GRU is two, with `recurrent_` and `recurrent_1_` before their names; then the
 * matrix of the rotation, where there is one, and the bias.
 *
 * ```js
 * const cell = new tf.qutlass.QuantizedRNNCell({cell: 'gru', units: 4, format: 'int8'});
 * const layer = new tf.qutlass.QuantizedRNN({cell, returnSequences: true});
 * console.log(layer.apply(tf.ones([1, 5, 3])).shape);  // [1, 5, 4]
 * ```
 *
 * @doc {heading: 'Layers', subheading: 'Quantized', namespace: 'qutlass'}
 */
export class QuantizedRNNCell extends layers.RNNCell {
  /** @nocollapse */
  static readonly className: string = 'QuantizedRNNCell';

  readonly stateSize: number | number[];
  readonly units: number;
  readonly useBias: boolean;
  readonly quantization: Quantization;
  readonly activation: string;
  readonly recurrentActivation: string;
  private readonly cellName: RecurrentCellName;
  private readonly activate: layers.Layer;
  private readonly recurrentActivate: layers.Layer;
  private inputDim: number | null = null;
  private kernel: LayerVariable[] = [];
  private recurrentKernels: LayerVariable[][] = [];
  private matrix: LayerVariable | null = null;
  private bias: LayerVariable | null = null;

  /** @throws where an argument is not what it may be. */
  constructor(args: QuantizedRNNCellArgs) {
    super(args);
    checkFormatVersion(this.label, args.formatVersion);
    const names = Object.keys(RECURRENT_CELLS);
    util.assert(
      names.includes(args.cell),
      () => `${this.label}: cell is ${valueText(args.cell)}, expected ${alternatives(names)}`,
    );
    this.cellName = args.cell;
    this.units = positiveInteger(this.label, 'units', args.units);
    this.stateSize =
      this.steps.states === 1 ? this.units : Array<number>(this.steps.states).fill(this.units);
    this.quantization = resolveQuantization(this.label, 'format', args.format, args);
    this.useBias = args.useBias ?? true;
    this.activation = args.activation ?? 'tanh';
    this.recurrentActivation = args.recurrentActivation ?? 'hardSigmoid';
    this.activate = this.activationLayer('activation', this.activation);
    this.recurrentActivate = this.activationLayer('recurrent', this.recurrentActivation);
  }

  /** `[K, gates · units]`, or null before the cell is built. */
  get kernelShape(): number[] | null {
    return this.inputDim === null ? null : [this.inputDim, this.steps.gates * this.units];
  }

  override build(inputShape: Shape | Shape[]): void {
    if (this.built) return;
    const shape = onlyShape(this.label, inputShape);
    const k = shape[shape.length - 1]!;
    const { gates, recurrentParts } = this.steps;
    this.kernel = this.addKernel('', k, gates);
    this.recurrentKernels = recurrentParts.map((width, part) =>
      this.addKernel(part === 0 ? 'recurrent_' : `recurrent_${part}_`, this.units, width),
    );
    const n = matrixSize(this.quantization.rotation);
    if (n !== null) this.matrix = this.addZeros('rotation', [n, n], 'float32');
    if (this.useBias) this.bias = this.addZeros('bias', [gates * this.units], 'float32');
    this.inputDim = k;
    this.built = true;
  }

  dequantizeWeights(): Tensor[] {
    return tidy(() => {
      const kernel = this.dequantize(this.kernel, this.inputDim!);
      const parts = this.recurrentKernels.map((part) => this.dequantize(part, this.units));
      const recurrentKernel = parts.length === 1 ? parts[0] : concat(parts, 1);
      const weights = [kernel, recurrentKernel];
      return this.bias === null ? weights : [...weights, this.bias.read().clone()];
    });
  }

  /** @param inputs an input and the states. @returns the output and the next states. */
  override call(inputs: Tensor | Tensor[]): Tensor[] {
    return tidy(() => {
      const [x, ...states] = inputs as Tensor[];
      const next = this.steps.step(this.product(x, this.kernel, this.bias?.read()), states, {
        recurrent: (state, part) => this.product(state, this.recurrentKernels[part]),
        activation: (values) => this.activate.call(values, {}) as Tensor,
        recurrentActivation: (values) => this.recurrentActivate.call(values, {}) as Tensor,
      });
      return [next[0], ...next];
    });
  }

  override getConfig(): serialization.ConfigDict {
    return {
      ...super.getConfig(),
      cell: this.cellName,
      units: this.units,
      activation: this.activation,
      recurrentActivation: this.recurrentActivation,
      useBias: this.useBias,
      ...quantizationConfig(this.quantization),
    };
  }

  private get label(): string {
    return `${this.getClassName()} ${this.name}`;
  }

  private get steps(): RecurrentCell {
    return RECURRENT_CELLS[this.cellName];
  }

  private activationLayer(role: string, activation: string): layers.Layer {
    const name = `${this.name}/${role}`;
    return layers.activation({ activation: activation as never, name });
  }

  private addZeros(name: string, shape: Shape, dtype: 'int32' | 'float32'): LayerVariable {
    return this.addWeight(name, shape, dtype, initializers.zeros(), undefined, false);
  }

  private addKernel(prefix: string, k: number, gates: number): LayerVariable[] {
    const reason = unsupportedKernel(k, this.quantization);
    util.assert(reason === null, () => `${this.label}: ${reason}`);
    return formatOf(this.quantization)
      .specs(k, gates * this.units, this.quantization)
      .map(({ name, shape, dtype }) => this.addZeros(prefix + name, shape, dtype));
  }

  /** With the matrix of the rotation, where that is a weight. */
  private get knownQuantization(): Quantization {
    return withMatrix(this.quantization, this.matrix?.read());
  }

  private product(x: Tensor, kernel: LayerVariable[], bias?: Tensor): Tensor {
    const weights = kernel.map((weight) => weight.read());
    const epilogue = { bias, activation: 'linear' } as const;
    return formatOf(this.quantization).product(x, weights, this.knownQuantization, epilogue);
  }

  private dequantize(kernel: LayerVariable[], k: number): Tensor {
    const weights = kernel.map((weight) => weight.read());
    return transpose(formatOf(this.quantization).dequantize(weights, k, this.knownQuantization));
  }
}
serialization.registerClass(QuantizedRNNCell);
