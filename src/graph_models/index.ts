export { quantizeGraphModel, type QuantizeGraphModelOptions } from './quantize_graph_model';
export { inspectGraphModel } from './inspect_graph_model';
