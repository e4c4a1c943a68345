/** bench, as users run it. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs-core';

import { readResults } from '../../../src/cli/bench/results';
import { describePending } from '../../support/backends';
import { temporaryFolder, write } from '../../support/temporary_folder';
import { type Outcome, run, start } from '../command_line';

function describeBench(): void {
  const folder = temporaryFolder();
  const path = (...names: string[]) => join(folder(), ...names);
  const SMALL = ['--time', '0.0001', '--device', 'cpu'];
  const bench = (...args: string[]) => run(['bench', ...SMALL, ...args]);

  it('measures every provider in every cell, and writes it down', async () => {
    const shapes = ['--shapes', '48x128', '64x256', '--batch-sizes', '4', '1'];
    const options = ['--had-sizes', '64', '--threads', '1', '--save-path', path('out')];
    const { status, stdout, stderr } = await bench(...shapes, ...options);
    expect(status).withContext(stderr).toBe(0);
    expect(stderr).toMatch(/^\[1\/2\] shape 48x128 {2}N=48 K=128 M=1: tfjs-float32 .*\n/);
    expect(stdout).toContain('\nshape 64x256  N=64 K=256\n');
    expect(readdirSync(path('out')).sort()).toEqual([
      ...['index.html', 'results.csv', 'results.jsonl'],
      ...['shape-48x128.png', 'shape-64x256.png', 'speed-up.png'],
    ]);
    const results = readResults(path('out', 'results.jsonl'));
    const providers = new Set(results.map(({ provider }) => provider));
    expect([...providers]).toEqual([
      ...['tfjs-float32', 'int8', 'int8-had64', 'int8-noquant', 'int4', 'int4a8', 'int4a8-had64'],
      ...['int4a4', 'int4a4-had64', 'int4a4-noquant', 'onnxruntime-int8', 'onnxruntime-int4'],
    ]);
    expect(results.length).toBe(2 * 2 * providers.size);
    expect(results.slice(0, 1)).toEqual([
      jasmine.objectContaining({
        ...{ op: 'dense', provider: 'tfjs-float32', m: 1, n: 48, k: 128, cold: false },
        device: jasmine.stringMatching(/, 1 threads, /),
        command: jasmine.stringMatching(/^npx tfjs-qutlass bench --time 0\.0001 .*--had-sizes 64/),
      }),
    ]);
    for (const { us, tflops, gbps, libraries } of results) {
      expect(us.p20 > 0 && us.p20 <= us.median && us.median <= us.p80).toBeTrue();
      expect(tflops > 0 && gbps > 0).toBeTrue();
      expect(Object.keys(libraries)).toContain('onnxruntime');
    }
  });

  it('takes the layers of a config.json in parts, and tells what is left out', async () => {
    const config = { hidden_size: 64, num_attention_heads: 4, intermediate_size: 96 };
    const file = write(path('tiny', 'config.json'), JSON.stringify(config));
    const layers = ['--models', file, '--tp-sizes', '2', '--layers', 'down', 'qkv'];
    const limits = ['--batch-sizes', '1,2,100000000', '--longest-call', '0.000000001'];
    const options = ['--providers', 'int8', 'int4a4', '--had-sizes', '64'];
    const args = [...layers, ...limits, ...options, '--save-path', path('out')];
    const { status, stdout, stderr } = await bench(...args);
    expect(status).withContext(stderr).toBe(0);
    expect(stdout).toContain('left out: int8-had64: K=48 is no multiple of 64\n');
    expect(stdout).toMatch(/left out: int8 at M > 1: a call takes 0\.0 s \(--longest-call\)\n/);
    const results = readResults(path('out', 'results.jsonl'));
    const cells = results.map(({ layer, m, n, k, tp }) => [layer, m, n, k, tp].join());
    expect([...new Set(cells)]).toEqual(['qkv,1,96,64,2', 'down,1,64,48,2']);
  });

  it('measures cold weights, as far as the memory goes', async () => {
    const shape = ['--shapes', '1024x2048', '--batch-sizes', '1', '100000000', '--cold'];
    const args = [...shape, '--providers', 'tfjs-float32', '--save-path', path('out')];
    const { status, stdout } = await bench(...args);
    expect(status).toBe(0);
    expect(stdout).toMatch(/left out: M=100000000 and more: \d+ MB of memory are needed, \d+/);
    const results = readResults(path('out', 'results.jsonl'));
    expect(results.map(({ m, cold }) => [m, cold])).toEqual([[1, true]]);
  });

  it('keeps what it has when it is interrupted', async () => {
    const args = ['--shapes', '64x256', '--providers', 'tfjs-float32', 'int8', '--time', '0.2'];
    const out = ['--device', 'cpu', '--save-path', path('out')];
    const running = start(['bench', ...args, '--batch-sizes', '1', '2', '4', ...out]);
    while (!existsSync(path('out', 'results.jsonl'))) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    running.process.kill('SIGINT');
    const { status, stdout } = await running.outcome;
    expect(status).toBe(130);
    const results = readResults(path('out', 'results.jsonl'));
    expect(results.length).toBeGreaterThanOrEqual(2);
    expect(results.length).toBeLessThan(6);
    expect(stdout).toContain(`${results.length} results in`);
    expect(readFileSync(path('out', 'index.html'), 'utf8')).toContain('int8');
  });

  it('ends with 1 or 2 and a line where it cannot be done', async () => {
    const there = write(path('there', 'results.jsonl'), '');
    const cases: [string[], number, RegExp][] = [
      [['--save-path', path('there')], 1, /there\/results\.jsonl is there already: .*--force/],
      [['--providers', 'int8', 'int2'], 2, /--providers is 'int2', expected one of tfjs-float32/],
    ];
    for (const [args, status, message] of cases) {
      const outcome: Outcome = await bench(...args);
      expect([outcome.status, outcome.stdout]).withContext(args.join(' ')).toEqual([status, '']);
      expect(outcome.stderr).toMatch(message);
      expect(outcome.stderr.trim().split('\n').length).toBe(1);
    }
    expect(readFileSync(there, 'utf8')).toBe('');
    const page = await run(['bench', 'page', there]);
    expect([page.status, page.stderr]).toEqual([2, jasmine.stringMatching(/has no results/)]);
  });
}

if (tf.io.getSaveHandlers('file:///').length > 0) {
  describe('bench', describeBench);
} else {
  describePending('bench', 'skipped: tfjs-node is not loaded');
}
