/** npx tfjs-qutlass bench: products of quantized layers against tfjs's own. */
import type { Command } from '../arguments';
import { benchmark } from '../bench/benchmark';
import { BENCH_OPTIONS, readOptions } from '../bench/options';

export const bench: Command = {
  name: 'bench',
  summary: 'measure quantized products of the layers of language models',
  description: `Multiplies random activations by random weights of the shapes that models have, with tfjs in float32
and with tfjs-qutlass, in turn; every result is checked before it is timed. Prints a table a layer, and
writes results.jsonl, results.csv, index.html and a chart a layer. Ctrl-C ends it with what it has by then.

  npx tfjs-qutlass bench --models Qwen3-8B --tp-sizes 1 2 --had-sizes 128
  npx tfjs-qutlass bench --layers o --batch-sizes 1 16 128 --time 0.1   # done in a minute

'noquant' leaves out the quantization of activations. int4 takes them in bf16, int4a8 in 8 bits and int4a4
in 4. A call at the largest batch sizes takes minutes on a CPU: --batch-sizes and --longest-call bound that.

Exit status: 1 where a result of tfjs-qutlass is wrong, 130 after Ctrl-C.`,
  options: BENCH_OPTIONS,
  run: (values) => benchmark(readOptions(values)),
};
