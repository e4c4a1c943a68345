import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';

import * as tf from '@tensorflow/tfjs';

import * as graphModels from '../../src/graph_models';
import * as layers from '../../src/layers';
import * as ops from '../../src/ops';
import * as training from '../../src/training';
import './backends';

const SOURCE = join(__dirname, '../../src');

/** The ```js blocks of a source file's docstrings. */
function snippetsOf(file: string): string[] {
  const source = readFileSync(join(SOURCE, file), 'utf8');
  return [...source.matchAll(/```js\n([^]*?)```/g)].map(([, block]) =>
    block.replace(/^ *\* ?/gm, ''),
  );
}

/** Functions and classes of a namespace, those apart that only stand for another: a class. */
function documentedNames(namespace: object): string[] {
  const names = Object.keys(namespace);
  const classOf = (name: string) => name[0].toUpperCase() + name.slice(1);
  return names.filter((name) => classOf(name) === name || !names.includes(classOf(name)));
}

for (const [folder, namespace] of Object.entries({
  ops,
  layers,
  graph_models: graphModels,
  training,
})) {
  describe(`the snippets in the docs of src/${folder}`, () => {
    const documented = readdirSync(join(SOURCE, folder))
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${folder}/${file}`)
      .filter((file) => snippetsOf(file).length > 0);

    beforeEach(async () => {
      await tf.setBackend('cpu');
      spyOn(console, 'log');
      tf.engine().startScope();
    });
    afterEach(() => tf.engine().endScope());

    it('exist for all that it exports', () => {
      expect(documented.length).toBe(documentedNames(namespace).length);
    });

    for (const file of documented) {
      it(`${file} run, and print something`, async () => {
        for (const snippet of snippetsOf(file)) {
          const run = runInThisContext(`async (tf) => {${snippet}}`) as (
            namespace: object,
          ) => Promise<void>;
          await run({ ...tf, qutlass: { ...ops, ...layers, ...graphModels, ...training } });
        }
        expect(console.log).toHaveBeenCalled();
      });
    }
  });
}
