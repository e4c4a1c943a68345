import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';

import * as tf from '@tensorflow/tfjs';

import * as layers from '../../src/layers';
import * as ops from '../../src/ops';
import * as training from '../../src/training';
import './backends';

const SOURCES = join(__dirname, '../../src');
const qutlass = { ...ops, ...layers, ...training };

/** The ```js blocks of a source file's docstrings. */
function snippetsOf(file: string): string[] {
  const source = readFileSync(join(SOURCES, file), 'utf8');
  return [...source.matchAll(/```js\n([^]*?)```/g)].map(([, block]) =>
    block.replace(/^ *\* ?/gm, ''),
  );
}

function documentedFiles(folder: string): string[] {
  return readdirSync(join(SOURCES, folder))
    .map((file) => join(folder, file))
    .filter((file) => snippetsOf(file).length > 0);
}

describe('the snippets in the docs of', () => {
  beforeEach(async () => {
    await tf.setBackend('cpu');
    spyOn(console, 'log');
    tf.engine().startScope();
  });
  afterEach(() => tf.engine().endScope());

  it('every op exist', () => {
    expect(documentedFiles('ops').length).toBe(Object.keys(ops).length);
  });

  it('everything in training exist', () => {
    expect(documentedFiles('training').length).toBe(Object.keys(training).length);
  });

  for (const file of [...documentedFiles('ops'), ...documentedFiles('training')]) {
    it(`${file} run, and print something`, async () => {
      for (const snippet of snippetsOf(file)) {
        const run = runInThisContext(`async (tf) => {${snippet}}`) as (
          namespace: object,
        ) => Promise<void>;
        await run({ ...tf, qutlass });
      }
      expect(console.log).toHaveBeenCalled();
    });
  }
});
