import { serialization, type Tensor } from '@tensorflow/tfjs-core';
import { RNN, type RNNLayerArgs } from '@tensorflow/tfjs-layers';
import type { Quantization } from './formats';
import type { QuantizedLayer } from './quantized_layer';
import type { QuantizedRNNCell } from './quantized_rnn_cell';

/** The configuration of a `QuantizedRNN` layer. */
export interface QuantizedRNNArgs extends RNNLayerArgs {
  cell: QuantizedRNNCell;
}

/**
 * A recurrent layer whose cell is quantized: what `quantizeModel` makes of SimpleRNN, GRU and LSTM.
 * Its arguments are those of `tf.layers.rnn`.
 *
 * ```js
 * const layer = tf.layers.lstm({units: 4, returnState: true, inputShape: [5, 3]});
 * const x = tf.input({shape: [5, 3]});
 * const model = tf.model({inputs: x, outputs: layer.apply(x)});
 * const [output, h, c] = tf.qutlass.quantizeModel(model).predict(tf.ones([1, 5, 3]));
 * console.log(output.shape, h.shape, c.shape);  // [1, 4], [1, 4], [1, 4]
 * ```
 *
 * @doc {heading: 'Layers', subheading: 'Quantized', namespace: 'qutlass'}
 */
export class QuantizedRNN extends RNN implements QuantizedLayer {
  /** @nocollapse */
  static override readonly className: string = 'QuantizedRNN';

  constructor(args: QuantizedRNNArgs) {
    super(args);
  }

  get quantization(): Quantization {
    return this.quantizedCell.quantization;
  }

  get kernelShape(): number[] | null {
    return this.quantizedCell.kernelShape;
  }

  get floatSize(): number {
    const { kernelShape, units, useBias } = this.quantizedCell;
    const [k, width] = kernelShape!;
    return width * (k + units + (useBias ? 1 : 0));
  }

  dequantizeWeights(): Tensor[] {
    return this.quantizedCell.dequantizeWeights();
  }

  override getConfig(): serialization.ConfigDict {
    const config = super.getConfig();
    const { name, trainable, batchInputShape, dtype } = config;
    const { returnSequences, returnState, goBackwards, stateful, unroll } = config;
    return {
      ...{ name, trainable, batchInputShape, dtype },
      ...{ returnSequences, returnState, goBackwards, stateful, unroll },
      cell: { className: this.cell.getClassName(), config: this.cell.getConfig() },
    };
  }

  private get quantizedCell(): QuantizedRNNCell {
    return this.cell as QuantizedRNNCell;
  }
}
serialization.registerClass(QuantizedRNN);
