import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';

import * as tf from '@tensorflow/tfjs';

import * as ops from '../../src/ops';
import './backends';

const FOLDER = join(__dirname, '../../src/ops');

/** The ```js blocks of a source file's docstrings. */
function snippetsOf(file: string): string[] {
  const source = readFileSync(join(FOLDER, file), 'utf8');
  return [...source.matchAll(/```js\n([^]*?)```/g)].map(([, block]) =>
    block.replace(/^ *\* ?/gm, ''),
  );
}

describe('the snippets in the docs of', () => {
  const documented = readdirSync(FOLDER).filter((file) => snippetsOf(file).length > 0);

  beforeEach(async () => {
    await tf.setBackend('cpu');
    spyOn(console, 'log');
    tf.engine().startScope();
  });
  afterEach(() => tf.engine().endScope());

  it('every op exist', () => {
    expect(documented.length).toBe(Object.keys(ops).length);
  });

  for (const file of documented) {
    it(`${file} run, and print something`, () => {
      for (const snippet of snippetsOf(file)) {
        const run = runInThisContext(`(tf) => {${snippet}}`) as (namespace: object) => void;
        run({ ...tf, qutlass: ops });
      }
      expect(console.log).toHaveBeenCalled();
    });
  }
});
