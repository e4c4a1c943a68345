export { addLora, type AddLoraOptions } from './add_lora';
export { convert } from './convert';
export { FakeQuantizedDense, type FakeQuantizedDenseArgs } from './fake_quantized_dense';
export { loadLora } from './load_lora';
export { LoraDense, type LoraDenseArgs } from './lora_dense';
export { mergeLora, type MergeLoraOptions } from './merge_lora';
export { prepareQat, type PrepareQatOptions } from './prepare_qat';
export { saveLora } from './save_lora';
