import os from 'node:os';
import * as tf from '../../src/index';
import { HELD_OUT_EVERY, STRETCH, type Corpus } from './corpus';
import type { TrainingResult } from './train';

/** What was trained and measured, and where: what a reader needs to judge the figures. */
export function describeRun(
  corpus: Corpus,
  training: TrainingResult,
  parameters: number,
  evaluated: number,
): string[] {
  const count = (value: number) => value.toLocaleString('en');
  return [
    `Text: ${corpus.name}, ${count(corpus.ids.length)} characters, ` +
      `${corpus.characters.length} different ones; of every ${HELD_OUT_EVERY} stretches of ` +
      `${count(STRETCH)} characters one is held out, ${count(evaluated)} characters of these are ` +
      'predicted.',
    `Model: ${count(parameters)} parameters, trained on ${count(training.characters)} characters ` +
      `in ${count(training.steps)} steps.`,
    'All three models were saved to disk and loaded again before they were measured; times are ' +
      'medians, taken in turns, from input tensor to logits in JavaScript.',
    `Machine: ${machine()}.`,
    `Software: ${software()}.`,
  ];
}

function machine(): string {
  const cpus = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return `${cpus.length} × ${cpus[0]?.model.trim() ?? 'unknown CPU'}, ${memory} GiB of memory`;
}

function software(): string {
  const { backend, kernels, reason } = tf.qutlass.info();
  const versions = `Node ${process.versions.node}, TensorFlow.js ${tf.version.tfjs}`;
  return `${versions}, backend ${backend}, qutlass kernels ${kernels} (${reason})`;
}
