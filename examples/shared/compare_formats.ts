import type * as tf from '../../src/index';
import type { Cleanup } from './cleanup';
import { HELD_OUT_EVERY, spread, STRETCH, type Corpus } from './corpus';
import { temporaryFolder } from './files';
import { FORMATS } from './formats';
import { describeMachine } from './machine';
import { measure, type MeasureOptions, type Task } from './measure';
import { count } from './numbers';
import { Progress } from './progress';
import {
  losses,
  metrics,
  type Expectation,
  type Measurement,
  type Results,
} from './report/results';
import { formatResults } from './report/table';
import { makeVariants } from './variants';

export interface Comparison {
  title: string;
  task: Task;
  /** How the model was trained: a sentence. */
  training: string;
  /** What is expected beyond what every model's formats should keep to. */
  expect?: (measurements: Measurement[]) => Expectation[];
  options: MeasureOptions & {
    /** Held-out characters that are predicted. */
    evaluated: number;
  };
}

/**
 * Quantizes a trained model in all formats, measures what each costs and gains, and prints it. Uses
 * the model up.
 */
export async function compareFormats(
  model: tf.LayersModel,
  { title, task, training, expect = () => [], options }: Comparison,
  cleanup: Cleanup,
): Promise<Results> {
  const folder = temporaryFolder(cleanup);
  const { corpus } = task;
  const parameters = model.countParams();
  const quantizing = new Progress('quantizing');
  const variants = await makeVariants(model, FORMATS, corpus, folder, quantizing);
  const positions = spread(corpus.heldOut, Math.ceil(options.evaluated / corpus.predicted));
  const measurements = await measure(variants, task, positions, options, new Progress('measuring'));
  const results: Results = {
    title,
    measurements,
    expectations: [...losses(FORMATS, measurements), ...expect(measurements)],
    notes: [
      describeText(corpus, positions.length * corpus.predicted),
      `Model: ${count(parameters)} parameters. ${training}`,
      'All models were saved to disk and loaded again before they were measured. Times are medians, ' +
        `taken in turns, up to the logits in JavaScript; batches are of ${task.batch} windows of ` +
        `${corpus.context} characters, with ${corpus.predicted} predicted in each.`,
      ...describeMachine(),
    ],
  };
  process.stdout.write(formatResults(results, metrics));
  return results;
}

function describeText({ name, ids, characters }: Corpus, evaluated: number): string {
  return (
    `Text: ${name}, ${count(ids.length)} characters of an alphabet of ${characters.length}; of every ` +
    `${HELD_OUT_EVERY} stretches of ${count(STRETCH)} characters one is held out, and ` +
    `${count(evaluated)} characters of these are predicted.`
  );
}
