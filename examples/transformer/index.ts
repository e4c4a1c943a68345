/**
 * A transformer: a decoder-only character model of tf.layers parts, trained on Jane Austen's novels,
 * in float32, int8, int4 and a mix of them: quality, size, speed, and what each writes.
 *
 *   npm run example:transformer              measures the checkpoint that comes with it
 *   npm run example:transformer -- --large   speeds where weights matter: 28 million, random
 *   npm run example:transformer -- --train   makes the checkpoint again
 *
 * See `model.ts` for the model, and `options.ts` for the command line.
 */
import '../shared/environment';
import * as tf from '../../src/index';
import type { Cleanup } from '../shared/cleanup';
import { compareFormats } from '../shared/compare_formats';
import type { Corpus } from '../shared/corpus';
import { FORMATS } from '../shared/formats';
import { saveInHalves } from '../shared/half_precision';
import { describeMachine } from '../shared/machine';
import { main } from '../shared/main';
import { measureSpeed, type Task } from '../shared/measure';
import { count } from '../shared/numbers';
import { Progress } from '../shared/progress';
import { preparePage, renderPage } from '../shared/report/page';
import { speedMetrics } from '../shared/report/results';
import { comparisonTable } from '../shared/report/table';
import { train } from '../shared/train';
import { isDense } from '../shared/variants';
import { AUSTEN, describeTraining, loadCheckpoint, readBooks } from './checkpoint';
import { makeModel, SMALL } from './model';
import { parseOptions, usage, type TransformerOptions } from './options';
import { cachedWriter } from './writer';

async function run(options: TransformerOptions, cleanup: Cleanup): Promise<void> {
  const corpus = readBooks(AUSTEN);
  if (options.task === 'large') return timeLarge(corpus, options);
  if (options.task === 'train') return trainCheckpoint(corpus, options);
  const writePage = preparePage(options.out, cleanup);
  const model = await loadCheckpoint(options.checkpoint);
  const comparison = {
    title: 'A transformer in float32, int8, int4 and a mix',
    task: taskOf(corpus),
    training: describeTraining(model),
    options,
  };
  const results = await compareFormats(model, comparison, cleanup);
  process.stdout.write(`\nThe page with the pictures: ${writePage(renderPage(results))}\n`);
}

function taskOf(corpus: Corpus): Task {
  return { corpus, writer: cachedWriter, promptLength: 32, batch: 16 };
}

/** Trains a model from random weights, and saves it. */
async function trainCheckpoint(
  corpus: Corpus,
  { steps, seed, checkpoint }: TransformerOptions,
): Promise<void> {
  const model = makeModel({ ...SMALL, vocabulary: corpus.characters.length }, seed);
  const { characters } = await train(
    model,
    corpus,
    { length: { steps }, batch: 8, learningRate: 0.0015, seed },
    new Progress('training'),
  );
  model.setUserDefinedMetadata({ steps, characters });
  await saveInHalves(model, checkpoint);
  process.stdout.write(`\nThe checkpoint: ${checkpoint}\n`);
}

/** Speeds do not depend on what the weights are: these are random. */
async function timeLarge(corpus: Corpus, options: TransformerOptions): Promise<void> {
  const { sizes: large, batch, timedBatches } = options.large;
  const sizes = { ...large, vocabulary: corpus.characters.length };
  const float = makeModel(sizes, options.seed);
  process.stderr.write(`a transformer of ${count(float.countParams())} random weights\n`);
  const variants = FORMATS.flatMap(({ name, options: format }) => {
    if (format === 'mixed') return []; // no text says what random weights may lose
    const model =
      format === null ? float : tf.qutlass.quantizeModel(float, { ...format, filter: isDense });
    return [{ name, model }];
  });
  const speeds = await measureSpeed(
    variants.map(({ model }) => model),
    { ...taskOf(corpus), batch },
    { ...options, timedBatches },
  );
  const measurements = variants.map(({ name, model }, index) => {
    const { bytesAfter: bytesInMemory } = tf.qutlass.inspectModel(model);
    return { name, bytesInMemory, ...speeds[index] };
  });
  process.stdout.write(`\n${comparisonTable(measurements, speedMetrics)}\n\n`);
  process.stdout.write(`${describeMachine().join('\n')}\n`);
}

void main({ usage, parse: parseOptions, run });
