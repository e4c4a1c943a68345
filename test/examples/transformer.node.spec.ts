/** The transformer, in small: its checkpoint, two steps of training, and how it writes. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs-core';

import { ASCII, batchAt, spread } from '../../examples/shared/corpus';
import {
  AUSTEN,
  describeTraining,
  loadCheckpoint,
  readBooks,
} from '../../examples/transformer/checkpoint';
import { makeModel } from '../../examples/transformer/model';
import { cachedWriter } from '../../examples/transformer/writer';
import { quantizeModel } from '../../src/layers';
import { temporaryFolder } from '../support/temporary_folder';
import { leftBehind, numbersAfter, runExample } from './run_example';

describe('the transformer', () => {
  const folder = temporaryFolder();

  it('compares the formats on its checkpoint', () => {
    const { status, stdout } = runExample('transformer', folder(), '--smoke', '--out', 'page');
    expect(status).toBe(0);
    const [float32] = numbersAfter('float32', stdout);
    expect(float32).toBeLessThan(2.2); // of 6.6 bits that a guess takes
    expect(stdout.match(/^met /gm)?.length).toBe(3);
    expect(stdout).not.toMatch(/NOT MET/);
    expect(leftBehind(folder())).toEqual(['page']);
  }, 240_000);

  it('trains a checkpoint', async () => {
    const made = join(folder(), 'made');
    const { status } = runExample(
      'transformer',
      folder(),
      '--train',
      '--smoke',
      '--checkpoint',
      made,
    );
    expect(status).toBe(0);
    expect(readdirSync(made).sort()).toEqual(['model.json', 'weights.bin']);
    const model = await loadCheckpoint(made);
    expect(describeTraining(model)).toBe('Trained on 2,048 characters in 2 steps.');
    model.dispose();
  });

  it('times large random weights', () => {
    const { status, stdout } = runExample('transformer', folder(), '--large', '--smoke');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^float32 .*\nint8 .*\nint4 g128 .*\nint4 g32 /m);
  });

  it('says what is missing where there is no checkpoint', () => {
    const { status, stderr } = runExample('transformer', folder(), '--checkpoint', 'none');
    expect(status).toBe(1);
    expect(stderr).toMatch(/there is no none\/model\.json/);
  }, 30_000);
});

describe('A transformer', () => {
  const SIZES = { vocabulary: 11, context: 12, width: 16, blocks: 2, heads: 4 };
  const TEXT = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8];

  beforeEach(async () => {
    await tf.setBackend('tensorflow');
    tf.engine().startScope();
  });
  afterEach(() => tf.engine().endScope());

  const logitsOf = (model: ReturnType<typeof makeModel>, ids: number[]) =>
    (model.predict(tf.tensor2d(ids, [1, ids.length], 'int32')) as tf.Tensor3D).arraySync()[0];

  it('sees nothing of what comes after a character', () => {
    const model = makeModel(SIZES, 1);
    const changed = [...TEXT.slice(0, 8), 0, 10, 7, 0];
    const [a, b] = [logitsOf(model, TEXT), logitsOf(model, changed)];
    expect(b.slice(0, 8)).toEqual(a.slice(0, 8));
    expect(b[8]).not.toEqual(a[8]);
  });

  for (const [name, options] of [
    ['float32', null],
    ['int4', { weights: 'int4', groupSize: 8 }],
  ] as const) {
    it(`writes in ${name}, character by character, what it predicts at once`, () => {
      const float = makeModel(SIZES, 1);
      const model = options === null ? float : quantizeModel(float, options);
      const expected = logitsOf(model, TEXT);
      const writer = cachedWriter(model);
      const written = [
        writer.start(Int32Array.from(TEXT.slice(0, 5))),
        ...TEXT.slice(5).map((id) => writer.next(id)),
      ];
      writer.dispose();
      const largest = Math.max(...expected.flat().map(Math.abs));
      written.forEach((logits, index) =>
        logits.forEach((logit, id) =>
          expect(Math.abs(logit - expected[4 + index][id])).toBeLessThan(0.02 * largest),
        ),
      );
    });
  }
});

describe('The committed checkpoint', () => {
  it('reads the books that it was trained on', async () => {
    await tf.setBackend('tensorflow');
    tf.engine().startScope();
    const corpus = readBooks(AUSTEN);
    expect(corpus.characters).toEqual([...ASCII]);
    const model = await loadCheckpoint();
    const { contexts } = batchAt(corpus, spread(corpus.heldOut, 2));
    const logits = model.predict(contexts) as tf.Tensor;
    expect(logits.shape).toEqual([2, corpus.context, ASCII.length]);
    tf.engine().endScope();
  });
});
