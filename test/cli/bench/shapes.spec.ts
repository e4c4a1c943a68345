import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { UsageError } from '../../../src/cli/arguments';
import { type ModelSizes, findModel } from '../../../src/cli/bench/models';
import { LAYERS, layersOf, namedShape, shapeTitle } from '../../../src/cli/bench/shapes';
import { StepError } from '../../../src/cli/steps/step_error';
import { temporaryFolder } from '../../support/temporary_folder';

/** 'NxK' by layer. */
function sizes(model: ModelSizes, tp = 1): Record<string, string> {
  const shapes = layersOf(model, tp, LAYERS);
  return Object.fromEntries(shapes.map(({ layer, n, k }) => [layer, `${n}x${k}`]));
}

describe("the benchmark's shapes", () => {
  const folder = temporaryFolder();

  it('are those of the models that are built in', () => {
    expect(sizes(findModel('Qwen/Qwen3-8B'))).toEqual({
      qkv: '6144x4096',
      o: '4096x4096',
      gate_up: '24576x4096',
      down: '4096x12288',
    });
    expect(sizes(findModel('llama-3.3-70b-instruct'))).toEqual({
      qkv: '10240x8192',
      o: '8192x8192',
      gate_up: '57344x8192',
      down: '8192x28672',
    });
    // Heads that are together wider than the model.
    expect(sizes(findModel('Qwen3-32B'))).toEqual({
      qkv: '10240x5120',
      o: '5120x8192',
      gate_up: '51200x5120',
      down: '5120x25600',
    });
    expect(sizes(findModel('Qwen3-14B')).gate_up).toBe('34816x5120');
    expect(sizes(findModel('meta-llama/Llama-3.1-8B')).down).toBe('4096x14336');
  });

  it('are divided by columns or by rows', () => {
    const model = findModel('Qwen3-8B');
    expect(sizes(model, 8)).toEqual({
      qkv: '768x4096',
      o: '4096x512',
      gate_up: '3072x4096',
      down: '4096x1536',
    });
    // Two heads of keys and values for four GPUs: each has one.
    expect(sizes({ ...model, keyValueHeads: 2 }, 4).qkv).toBe(`${(8 + 2) * 128}x4096`);
    expect(() => layersOf({ ...model, attentionHeads: 30 }, 4, LAYERS)).toThrowError(
      UsageError,
      '--tp-sizes has 4, which does not divide the 30 heads of Qwen3-8B',
    );
  });

  it('are titled by model, part and layer', () => {
    const [qkv] = layersOf(findModel('Qwen3-8B'), 2, ['qkv']);
    expect(shapeTitle(qkv)).toBe('Qwen3-8B tp2 qkv');
    expect(shapeTitle({ ...qkv, tp: 1 })).toBe('Qwen3-8B qkv');
  });

  it('come from a config.json, by its path or its folder', () => {
    const home = join(folder(), 'small');
    mkdirSync(home);
    const config = { hidden_size: 64, num_attention_heads: 4, intermediate_size: 96 };
    writeFileSync(join(home, 'config.json'), JSON.stringify(config));
    const model = findModel(join(home, 'config.json'));
    expect(model).toEqual(findModel(home));
    expect(model.name).toBe('small');
    expect(sizes(model)).toEqual({ qkv: '192x64', o: '64x64', gate_up: '192x64', down: '64x96' });
  });

  it('come from what a config.json says of the text, where a model sees as well', () => {
    const file = join(folder(), 'config.json');
    const text_config = {
      ...{ hidden_size: 64, num_attention_heads: 4, intermediate_size: 96 },
      ...{ num_key_value_heads: 2, head_dim: 32 },
    };
    writeFileSync(file, JSON.stringify({ hidden_size: 1, text_config }));
    expect(sizes(findModel(file))).toEqual({
      ...{ qkv: '256x64', o: '64x128' },
      ...{ gate_up: '192x64', down: '64x96' },
    });
  });

  it('need a model that there is, and sizes in its config.json', () => {
    const file = join(folder(), 'config.json');
    writeFileSync(file, '{"hidden_size": 64, "num_attention_heads": 5}');
    const find = (given: string) => () => findModel(given);
    expect(find('Qwen4')).toThrowError(
      StepError,
      /no model and no file 'Qwen4'; models are .*Qwen3/,
    );
    expect(find(file)).toThrowError(StepError, /head_dim is 12\.8, expected a positive integer/);
    writeFileSync(file, '{"hidden_size": 64, "num_attention_heads": 4}');
    expect(find(file)).toThrowError(StepError, /intermediate_size is undefined, expected/);
    writeFileSync(file, '{');
    expect(find(file)).toThrowError(StepError, /cannot read .*config\.json: /);
  });

  it('may be given by themselves', () => {
    expect(namedShape('512x1024')).toEqual(jasmine.objectContaining({ n: 512, k: 1024, tp: 1 }));
    for (const name of ['512', '0x4', '4x', '4x4x4', 'qkv']) {
      expect(() => namedShape(name)).toThrowError(UsageError, /expected NxK as in 4096x1024/);
    }
  });
});
