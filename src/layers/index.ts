export { QuantizedDense, quantizedDense, type QuantizedDenseArgs } from './quantized_dense';
export {
  QuantizedEmbedding,
  quantizedEmbedding,
  type QuantizedEmbeddingArgs,
} from './quantized_embedding';
export {
  QuantizedPointwiseConv,
  quantizedPointwiseConv,
  type QuantizedPointwiseConvArgs,
} from './quantized_pointwise_conv';
export { QuantizedRNN, type QuantizedRNNArgs } from './quantized_rnn';
export { QuantizedRNNCell, type QuantizedRNNCellArgs } from './quantized_rnn_cell';
export { quantizeModel } from './quantize_model';
export type { QuantizeLayerOptions, QuantizeModelOptions } from './quantization_plan';
export { dequantizeModel } from './dequantize_model';
export { compareModels, type LayerComparison, type ModelComparison } from './compare_models';
export { suggest, type SuggestedLayer, type SuggestOptions, type Suggestion } from './suggest';
export { inspectModel, type LayerReport, type QuantizationReport } from './inspect_model';
export { printReport } from './print_report';
export type { ActivationFormat, FormatName, LayerRotation, Quantization } from './formats';
export { loadModel } from './load_model';
export { QutlassModelError, type QutlassModelErrorCode } from './model_error';
