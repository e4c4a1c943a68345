/**
 * The demo: trains a character model on real text, quantizes it, and compares float32, int8, int4
 * and a mix of them: quality, size, speed, and what each writes. See `options.ts` for the command
 * line.
 */
import '../shared/environment';
import type { Cleanup } from '../shared/cleanup';
import { compareFormats, type Comparison } from '../shared/compare_formats';
import { loadCorpus } from '../shared/corpus';
import { main } from '../shared/main';
import { count } from '../shared/numbers';
import { Progress } from '../shared/progress';
import { preparePage, renderPage } from '../shared/report/page';
import { shrinks } from '../shared/report/results';
import { train } from '../shared/train';
import { CONTEXT, makeModel } from './model';
import { parseOptions, usage, type DemoOptions } from './options';
import { windowWriter } from './writer';

async function run(options: DemoOptions, cleanup: Cleanup): Promise<void> {
  const text = options.text ?? require.resolve('typescript/lib/lib.dom.d.ts');
  const corpus = loadCorpus([text], { context: CONTEXT, predicted: 1 });
  const writePage = preparePage(options.out, cleanup);
  const model = makeModel(corpus.characters.length, options.width, options.seed);
  process.stderr.write(
    `${corpus.name}: ${corpus.ids.length} characters; a model of ${model.countParams()} parameters\n`,
  );
  const { seconds, seed } = options;
  const { steps, characters } = await train(
    model,
    corpus,
    { length: { seconds }, batch: 512, learningRate: 0.003, seed },
    new Progress('training'),
  );

  const comparison: Comparison = {
    title: 'One model in float32, int8, int4 and a mix',
    task: {
      ...{ corpus, promptLength: CONTEXT, batch: 128 },
      writer: (one) => windowWriter(one, CONTEXT),
    },
    training: `Trained on ${count(characters)} characters in ${count(steps)} steps.`,
    expect: (measurements) => [
      shrinks('int8', 3.9, measurements),
      shrinks('int4 g128', 6.5, measurements),
    ],
    options,
  };
  const results = await compareFormats(model, comparison, cleanup);
  process.stdout.write(`\nThe page with the pictures: ${writePage(renderPage(results))}\n`);
}

void main({ usage, parse: parseOptions, run });
