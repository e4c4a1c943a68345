import { UsageError, parseOptions } from '../../../src/cli/arguments';
import { readOptions } from '../../../src/cli/bench/options';
import { bench } from '../../../src/cli/commands/bench';
import { StepError } from '../../../src/cli/steps/step_error';

describe("the benchmark's options", () => {
  const read = (...args: string[]) => readOptions(parseOptions(bench, args));

  it('take several values each, with spaces or commas between', () => {
    const options = read(
      ...['--models', 'Qwen3-8B', 'Qwen3-14B', '--tp-sizes', '2', '1', '--layers=o,qkv'],
      ...['--batch-sizes', '64', '8,16', '--had-sizes=128', '--had-sizes', '32'],
      ...['--providers', 'int4', 'tfjs-float32', '--group-size', '32'],
    );
    expect(options.shapes.map(({ model, tp, layer }) => `${model} ${tp} ${layer}`)).toEqual([
      ...['Qwen3-8B 1 qkv', 'Qwen3-8B 1 o', 'Qwen3-8B 2 qkv', 'Qwen3-8B 2 o'],
      ...['Qwen3-14B 1 qkv', 'Qwen3-14B 1 o', 'Qwen3-14B 2 qkv', 'Qwen3-14B 2 o'],
    ]);
    expect(options.batchSizes).toEqual([8, 16, 64]);
    expect(options.hadamardSizes).toEqual([32, 128]);
    expect(options.providers).toEqual(['int4', 'tfjs-float32']);
    expect(options.groupSize).toBe(32);
  });

  it('are by default a model of 8 billion weights, in batches of all sizes', () => {
    const options = read();
    expect(options.shapes.map(({ model, layer }) => `${model} ${layer}`)).toEqual([
      ...['Llama-3.1-8B qkv', 'Llama-3.1-8B o', 'Llama-3.1-8B gate_up', 'Llama-3.1-8B down'],
    ]);
    expect(options.batchSizes.length).toBe(16);
    expect(options.batchSizes.at(-1)).toBe(32768);
    expect([options.providers, options.device, options.threads]).toEqual([
      ...[undefined, undefined, undefined],
    ]);
    const { mostSamples, sampleMs, providerMs } = options.effort;
    expect(mostSamples * sampleMs).toBeCloseTo(providerMs, 9);
  });

  it('that are wrong are named', () => {
    const mistakes: [string[], string][] = [
      [['--tp-sizes', '3'], '--tp-sizes has 3, which does not divide the 32 heads of Llama-3.1-8B'],
      [['--layers', 'mlp'], "--layers is 'mlp', expected one of qkv, o, gate_up, down"],
      [
        ['--had-sizes', '24'],
        "--had-sizes is '24', expected one of 16, 32, 64, 128, 256, 512, 1024",
      ],
      [['--batch-sizes', '0'], "--batch-sizes is '0', expected a positive integer"],
      [['--batch-sizes', '--cold'], '--batch-sizes has no value'],
      [['--group-size', '12'], "--group-size is '12', expected a multiple of 8"],
      [['--shapes', '4x4', '--models', 'Qwen3-8B'], '--shapes and --models exclude each other'],
      [['--time', 'long'], "--time is 'long', expected seconds such as 0.5"],
      [['--time', '0'], "--time is '0', expected seconds such as 0.5"],
      [['--threads', 'all'], "--threads is 'all', expected a positive integer"],
      [['4096'], "unexpected argument '4096'"],
    ];
    for (const [args, message] of mistakes) {
      const wrong = () => read(...args);
      expect(wrong)
        .withContext(args.join(' '))
        .toThrowError(UsageError, new RegExp(`^.*${message}`));
    }
    expect(() => read('--models', 'Qwen4')).toThrowError(StepError);
  });
});
