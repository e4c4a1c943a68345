import { split, type Tensor2D } from '@tensorflow/tfjs-core';
import { quantizationConfig } from '../formats/quantization_config';
import { RECURRENT_CELLS, type RecurrentCell, type RecurrentCellName } from '../recurrent_cells';
import { commonConfig, type LayerConfig, type LayerKind } from './kind';
import { productKernel } from './product_kernel';

const cells = Object.entries(RECURRENT_CELLS) as [RecurrentCellName, RecurrentCell][];

/** Layers of one cell: the projections of its input and of its state. */
export const recurrent: LayerKind = {
  ...productKernel,
  classNames: cells.map(([, { className }]) => className),
  quantizedClass: 'QuantizedRNN',
  kernelWeights: 2,

  unsupported() {
    return null;
  },

  kernels([kernel, recurrentKernel]) {
    const [units, width] = recurrentKernel.shape;
    const [, { recurrentParts }] = cells.find(([, { gates }]) => gates * units === width)!;
    const widths = recurrentParts.map((gates) => gates * units);
    return [kernel, ...split(recurrentKernel as Tensor2D, widths, 1)];
  },

  quantizedConfig({ className, config }, quantization) {
    const { name, units, activation, recurrentActivation, useBias } = config;
    const [cell] = cells.find(([, { className: cellClass }]) => cellClass === className)!;
    const cellConfig = {
      ...{ name: `${name as string}_cell`, cell, units },
      ...{ activation, recurrentActivation, useBias },
      ...quantizationConfig(quantization),
    };
    return {
      ...sequenceConfig(config),
      cell: { className: 'QuantizedRNNCell', config: cellConfig },
    };
  },

  floatEntry(config) {
    const { config: cell } = config.cell as { config: LayerConfig };
    const { units, activation, recurrentActivation, useBias } = cell;
    return {
      className: RECURRENT_CELLS[cell.cell as RecurrentCellName].className,
      config: { ...sequenceConfig(config), units, activation, recurrentActivation, useBias },
    };
  },
};

function sequenceConfig(config: LayerConfig): LayerConfig {
  const { returnSequences, returnState, goBackwards, stateful, unroll } = config;
  return {
    ...commonConfig(config),
    ...{ returnSequences, returnState, goBackwards, stateful, unroll },
  };
}
