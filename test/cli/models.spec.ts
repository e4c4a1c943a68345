/** quantize, inspect and compare, as users run them. */
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';

import {
  type ModelComparison,
  type QuantizationReport,
  compareModels,
  inspectModel,
  loadModel,
  quantizeModel,
} from '../../src/layers';
import { describePending } from '../support/backends';
import { classifier, inputOf, nested, predict, siamese } from '../layers/models';
import { run } from './command_line';
import { npy } from './npy_file';
import { temporaryFolder, write } from '../support/temporary_folder';

function describeCommands(): void {
  const folder = temporaryFolder();
  const at = (...names: string[]) => join(folder(), ...names);
  const saved = async (model: LayersModel, name = 'model') => {
    await model.save(`file://${at(name)}`);
    return at(name, 'model.json');
  };
  const formats = ({ layers: rows }: QuantizationReport) =>
    Object.fromEntries(rows.map(({ layer, format }) => [layer, format]));
  const load = (name: string) => loadModel(`file://${at(name, 'model.json')}`);

  it('quantize saves what quantizeModel gives, and reports it', async () => {
    const model = classifier();
    model.setUserDefinedMetadata({ labels: ['a', 'b'] });
    const file = await saved(model);
    const options = ['--weights', 'int4', '--group-size', '8', '--symmetric'];
    const args = ['quantize', file, at('out'), ...options, '--skip', 'log*', '--json'];
    const { status, stdout, stderr } = await run(args);
    expect([status, stderr]).toEqual([0, '']);
    const { out, ...report } = JSON.parse(stdout) as QuantizationReport & { out: string };
    expect(out).toBe(at('out'));
    expect(formats(report)).toEqual({ first: 'int4 g8', second: 'int4 g8', logits: 'float32' });
    expect(report.layers[2].reason).toBe('left by the filter');
    expect(readdirSync(folder()).sort()).toEqual(['model', 'out']);
    expect(statSync(at('out', 'weights.bin')).size).toBe(report.bytesAfter);

    const expected = quantizeModel(model, {
      weights: 'int4',
      groupSize: 8,
      symmetric: true,
      filter: (_, path) => path !== 'logits',
    });
    const loaded = await load('out');
    const x = inputOf([4, 37], 1);
    expect(predict(loaded, x)).toEqual(predict(expected, x));
    expect(loaded.getUserDefinedMetadata()).toEqual({ labels: ['a', 'b'] });
  });

  it('quantize overwrites a model only with --force', async () => {
    await saved(classifier());
    const target = await saved(siamese(), 'out');
    const before = readFileSync(target, 'utf8');
    const args = ['quantize', `file://${at('model')}`, at('out'), '--in-place', 'off'];
    const refused = await run(args);
    expect([refused.status, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toBe(
      `tfjs-qutlass: ${at('out')} has files: --force replaces the model there\n`,
    );
    expect(readFileSync(target, 'utf8')).toBe(before);
    const { status, stdout, stderr } = await run([...args, '--force']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^layer +kind +shape +format/);
    expect(stdout).toMatch(/\nfirst +QuantizedDense +\[37,24\] +int8 /);
    expect((await load('out')).layers[0].getClassName()).toBe('QuantizedDense');
  });

  it('quantize chooses formats that keep an error on calibration inputs', async () => {
    const model = classifier();
    const file = await saved(model);
    const x = inputOf([16, 37], 1);
    writeFileSync(at('x.npy'), npy('<f4', [16, 37], await x.data()));
    const budget = ['--calibrate', at('x.npy'), '--max-error', '0.01'];
    const { status, stderr } = await run(['quantize', file, at('out'), ...budget]);
    expect([status, stderr]).toEqual([0, '']);
    const { error, worst } = compareModels(model, await load('out'), x);
    expect(error).toBeLessThanOrEqual(0.01);
    expect(worst).not.toBeNull();
  });

  it('quantize rotates, and multiplies int4 with int4 and with int8', async () => {
    const model = sequential({
      layers: [layers.dense({ name: 'only', units: 8, inputShape: [32] })],
    });
    const file = await saved(model);
    const options = ['--weights', 'int4', '--activations', 'int4'];
    const rotation = ['--hadamard', '32', '--method', 'quest'];
    const { status, stderr } = await run(['quantize', file, at('out'), ...options, ...rotation]);
    expect([status, stderr]).toEqual([0, '']);
    const loaded = await load('out');
    expect(formats(inspectModel(loaded))).toEqual({ only: 'int4 a4 hadamard 32 quest' });
    const x = inputOf([4, 32], 1);
    const expected = quantizeModel(model, {
      ...{ weights: 'int4', activations: 'int4', method: 'quest' },
      rotation: { hadamard: 32 },
    });
    expect(predict(loaded, x)).toEqual(predict(expected, x));

    const int8 = ['--activations', 'int8', '--group-size', '16', '--symmetric'];
    const args = [at('with-int8'), '--weights', 'int4', ...int8, ...rotation];
    const second = await run(['quantize', file, ...args]);
    expect([second.status, second.stderr]).toEqual([0, '']);
    const format = 'int4 g16 a8 hadamard 32 quest';
    expect(formats(inspectModel(await load('with-int8')))).toEqual({ only: format });
  });

  it('inspect lists the layers, for people and for programs', async () => {
    const file = await saved(quantizeModel(classifier()));
    const [text, json] = await Promise.all([
      run(['inspect', at('model')]),
      run(['inspect', file, '--json']),
    ]);
    expect([text.status, text.stderr, json.status, json.stderr]).toEqual([0, '', 0, '']);
    expect(text.stdout).toMatch(/\nlogits +QuantizedDense +\[16,5\] +int8 .*\n/);
    expect(text.stdout).toMatch(/\ntotal +5,524 +1,720\n$/);
    const report = JSON.parse(json.stdout) as QuantizationReport;
    expect(formats(report)).toEqual({ first: 'int8', second: 'int8', logits: 'int8' });
    expect([report.bytesBefore, report.bytesAfter]).toEqual([5524, 1720]);
  });

  it('compare tells the error layer by layer, on noise and on inputs from files', async () => {
    const model = siamese();
    const quantized = quantizeModel(model);
    const [a, b] = [await saved(model, 'a'), await saved(quantized, 'b')];
    const [left, right] = [inputOf([3, 20], 1), inputOf([3, 20], 2)];
    writeFileSync(at('left.npy'), npy('<f4', [3, 20], await left.data()));
    write(at('right.json'), JSON.stringify(await right.array()));
    const files = [at('left.npy'), at('right.json')];
    const [text, json] = await Promise.all([
      run(['compare', a, b]),
      run(['compare', a, b, '--json', ...files.flatMap((file) => ['--inputs', file])]),
    ]);
    expect([text.status, text.stderr, json.status, json.stderr]).toEqual([0, '', 0, '']);
    expect(text.stdout).toMatch(/\nshared +QuantizedDense +int8 +0\.\d+ % +0\.\d+ %\n/);
    expect(text.stdout).toMatch(/\noutputs differ by 0\.\d+ % on 32 rows of noise\nmost of it/);
    const { inputs, ...comparison } = JSON.parse(json.stdout) as ModelComparison & {
      inputs: string[];
    };
    expect(inputs).toEqual(files);
    const expected = compareModels(model, quantized, [left, right]);
    expect(comparison.worst).toBe(expected.worst);
    expect(comparison.error).toBeCloseTo(expected.error, 4);
    expect(comparison.layers.map(({ layer }) => layer)).toEqual(
      expected.layers.map(({ layer }) => layer),
    );
  });

  it('end with 2 for a mistake in the command line, before anything is written', async () => {
    const file = await saved(classifier());
    const int4 = ['--weights', 'int4'];
    const cases: [string[], string][] = [
      [['inspect'], 'inspect: <model> is missing'],
      [['compare', 'a', 'b', 'c'], "unexpected argument 'c'"],
      [['--group-size', '32'], '--group-size is for --weights int4'],
      [['--symmetric'], '--symmetric is for --weights int4'],
      [['--activations', 'int4'], '--activations is for --weights int4'],
      [
        [...int4, '--method', 'quest'],
        '--method is for --weights int8, or --activations int8 or int4',
      ],
      [
        [...int4, '--activations', 'int2'],
        "--activations is 'int2', expected one of bf16, int8, int4",
      ],
      [
        [...int4, '--activations', 'int4', '--group-size', '32'],
        '--group-size is for --activations bf16 or int8',
      ],
      [['--hadamard', '48'], "--hadamard is '48', expected one of 16, 32,"],
      [[...int4, '--group-size', '12'], "--group-size is '12', expected a positive multiple"],
      [['--weights', 'int2'], "--weights is 'int2', expected one of int8, int4"],
      [['--calibrate', 'x.npy'], '--calibrate and --max-error go together'],
      [['--calibrate', 'x.npy', '--max-error', 'low'], "--max-error is 'low', expected a number"],
      [[...int4, '--calibrate', 'x.npy', '--max-error', '1'], '--weights is one format for all'],
      [['--hadamard', '64', '--calibrate', 'x.npy', '--max-error', '1'], '--hadamard is for one'],
      [['--method', 'quest', '--calibrate', 'x.npy', '--max-error', '1'], '--method is for one'],
      [['--skip', 'logit'], "--skip 'logit' fits none of the layers first, second, logits"],
    ];
    const outcomes = await inTurn(cases, ([args]) =>
      run(args[0].startsWith('--') ? ['quantize', file, at('out'), ...args] : args),
    );
    outcomes.forEach(({ status, stdout, stderr }, index) => {
      const [args, message] = cases[index];
      expect([status, stdout]).withContext(args.join(' ')).toEqual([2, '']);
      expect(stderr).toContain(message);
      expect(stderr.trim().split('\n').length).toBe(1);
    });
    expect(readdirSync(folder())).toEqual(['model']);
  });

  it('end with 1 and a reason where they cannot do it, and write nothing', async () => {
    const file = await saved(classifier());
    const tokens = await saved(nested(), 'tokens');
    const other = await saved(siamese(), 'other');
    const norm = sequential({ layers: [layers.batchNormalization({ inputShape: [4] })] });
    const plain = await saved(norm, 'plain');
    const graph = write(
      at('graph', 'model.json'),
      '{"modelTopology": {"node": []}, "weightsManifest": []}',
    );
    await saved(classifier(), 'cut');
    writeFileSync(at('cut', 'weights.bin'), new Uint8Array(10));
    const x = write(at('x.json'), '[[1, 2, 3]]');
    const names = readdirSync(folder()).sort();
    const cases: [string[], RegExp][] = [
      [['quantize', at('none'), at('out')], /cannot read a model from 'file:\/\/.*none'/],
      [['quantize', graph, at('out')], /has no layers model but a graph model/],
      [['inspect', at('cut')], /has 10 bytes of weights, expected 5524/],
      [['quantize', plain, at('out')], /no layer of .* was quantized, nothing is written\n/],
      [
        ['quantize', file, at('out'), '--calibrate', x, '--max-error', '0.1'],
        /x\.json, for input .*, has shape \[1,3\], expected \[1,37\]/,
      ],
      [['compare', tokens, tokens], /embedding looks up rows: .*: name files with --inputs/],
      [['compare', tokens, tokens, '--inputs', at('x.json')], /expected \[1,6\]/],
      [['compare', other, other, '--inputs', x], /1 files of inputs came, expected 2, for left/],
      [['compare', file, other], /the models cannot be compared: /],
    ];
    const outcomes = await inTurn(cases, ([args]) => run(args));
    outcomes.forEach(({ status, stdout, stderr }, index) => {
      const [args, message] = cases[index];
      expect([status, stdout]).withContext(args.join(' ')).toEqual([1, '']);
      expect(stderr).toMatch(message);
      expect(stderr).toMatch(/^tfjs-qutlass: /);
      expect(stderr).not.toContain('    at ');
    });
    expect(readdirSync(folder()).sort()).toEqual(names);
  });
}

/** Not all at once: each loads TensorFlow. */
async function inTurn<T, R>(items: T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

// tfjs-node brings the handlers of files, and is there only where its backend is tested.
if (tf.io.getSaveHandlers('file:///').length > 0) {
  describe('the commands for models', describeCommands);
} else {
  describePending('the commands for models', 'skipped: tfjs-node is not loaded');
}
