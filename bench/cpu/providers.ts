/** The products that `npm run bench:cpu` compares, all on the same random layer. */
import { float32 } from '../../src/cli/bench/providers/float32';
import { int4 } from '../../src/cli/bench/providers/int4';
import { int4a8 } from '../../src/cli/bench/providers/int4a8';
import { int8 } from '../../src/cli/bench/providers/int8';
import { onnxruntimeInt4, onnxruntimeInt8 } from '../../src/cli/bench/providers/onnxruntime';
import type { Provider } from '../../src/cli/bench/providers/provider';

export const PROVIDERS: Provider[] = [
  float32('tf.matMul float32'),
  int8('linearInt8'),
  int4('matmulInt4Bf16 g128', 128),
  int4('matmulInt4Bf16 g32', 32),
  int4a8('linearInt8Int4 g128', 128),
  int4a8('linearInt8Int4 g32', 32),
  onnxruntimeInt8('MatMulInteger int8', 'int8'),
  onnxruntimeInt8('MatMulInteger uint8', 'uint8'),
  onnxruntimeInt4('MatMulNBits b128 acc4', 128, 4),
  onnxruntimeInt4('MatMulNBits b32 acc4', 32, 4),
  onnxruntimeInt4('MatMulNBits b128 acc0', 128, 0),
  onnxruntimeInt4('MatMulNBits b32 acc0', 32, 0),
];
