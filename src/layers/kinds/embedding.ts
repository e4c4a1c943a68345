import {
  slice,
  tensor,
  tidy,
  transpose,
  type Tensor2D,
  type TypedArray,
} from '@tensorflow/tfjs-core';
import { formatOf } from '../formats';
import { quantizationConfig } from '../formats/quantization_config';
import { resolveQuantization } from '../formats/resolve_quantization';
import { chunks } from './chunks';
import { commonConfig, type LayerConfig, type LayerKind } from './kind';

/** A table `[rows, elements]`: its rows are what is quantized. */
export const embedding: LayerKind = {
  classNames: ['Embedding'],
  quantizedClass: 'QuantizedEmbedding',
  kernelWeights: 1,

  unsupported() {
    return null;
  },

  // Nothing is multiplied: whatever would be done to inputs is not done to rows.
  quantization({ format, activations, groupSize, symmetric }) {
    const storage = activations === 'int4' ? {} : { groupSize, symmetric };
    return resolveQuantization('QuantizedEmbedding', 'format', format, storage);
  },

  kernels([table]) {
    return [table];
  },

  rowsShape([n, k]) {
    return [n, k];
  },

  rows(table, start, count) {
    return slice(table as Tensor2D, [start, 0], [count, table.shape[1]!]);
  },

  // Formats pack the transpose. Of a table, which may be the largest weight of a model, that is
  // made a chunk of rows at a time, and the words of each are put together on the host.
  pack(table, quantization) {
    const [n, k] = table.shape;
    const format = formatOf(quantization);
    const packed = format.specs(k, n, quantization).map(({ shape, dtype }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      const values: TypedArray = dtype === 'int32' ? new Int32Array(size) : new Float32Array(size);
      return { values, shape, dtype };
    });
    for (const { start, count } of chunks(n, k)) {
      tidy(() => {
        const rows = embedding.rows(table, start, count);
        format.pack(transpose(rows), quantization).forEach((weight, index) => {
          packed[index].values.set(weight.dataSync(), (start * weight.size) / count);
        });
      });
    }
    return packed.map(({ values, shape, dtype }) => tensor(values, shape, dtype));
  },

  quantizedConfig({ config }, quantization) {
    return { ...embeddingConfig(config), ...quantizationConfig(quantization) };
  },

  floatEntry(config) {
    return { className: 'Embedding', config: embeddingConfig(config) };
  },
};

function embeddingConfig(config: LayerConfig): LayerConfig {
  const { inputDim, outputDim, maskZero, inputLength } = config;
  return { ...commonConfig(config), inputDim, outputDim, maskZero, inputLength };
}
