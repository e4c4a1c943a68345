export { convert } from './convert';
export { FakeQuantizedDense, type FakeQuantizedDenseArgs } from './fake_quantized_dense';
export { prepareQat, type PrepareQatOptions } from './prepare_qat';
