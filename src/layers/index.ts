export { QuantizedDense, quantizedDense, type QuantizedDenseArgs } from './quantized_dense';
export { quantizeModel } from './quantize_model';
export type { QuantizeLayerOptions, QuantizeModelOptions } from './quantization_plan';
export {
  quantizationReport,
  type LayerReport,
  type QuantizationReport,
} from './quantization_report';
export type { FormatName, Quantization } from './formats';
