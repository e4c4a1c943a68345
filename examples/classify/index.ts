/**
 * A classifier from Keras: a graph model, as the TensorFlow.js converter writes it, quantized, saved,
 * loaded again, and compared on handwritten digits that it was not trained on.
 *
 *   npm run example:classify
 *
 * `scripts/fixtures/digits_classifier.py` trained and converted the model. The digits are of the UCI
 * repository's 'Optical Recognition of Handwritten Digits' (Alpaydin and Kaynak, 1998; CC BY 4.0).
 */
import '../shared/environment';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '../../src/index';
import { smokeOption } from '../shared/arguments';
import type { Cleanup } from '../shared/cleanup';
import { bytesOf, temporaryFolder } from '../shared/files';
import { main } from '../shared/main';
import { megabytes } from '../shared/report/results';
import { alignColumns } from '../shared/report/table';

const usage = `Quantizes a converted Keras model, and compares what it makes of handwritten digits.

Usage: npm run example:classify -- [--smoke]

  --smoke  a few of the digits only
`;

const SIDE = 8;

interface Digits {
  images: tf.Tensor4D;
  labels: Uint8Array;
}

async function run({ count }: { count: number }, cleanup: Cleanup): Promise<void> {
  const { images, labels } = readDigits(count);
  const float = await tf.loadGraphModel(`file://${join(__dirname, 'model', 'model.json')}`);
  const expected = probabilities(float, images);
  const folder = temporaryFolder(cleanup);

  const rows = [['', 'right', 'other than float32', 'on disk']];
  for (const [name, options] of [
    ['float32', null],
    ['int8', { weights: 'int8' }],
    ['int4 g32', { weights: 'int4', groupSize: 32 }],
  ] as const) {
    const model = options === null ? float : await tf.qutlass.quantizeGraphModel(float, options);
    if (options !== null) {
      process.stdout.write(`\n${name}:\n`);
      tf.qutlass.printReport(await tf.qutlass.inspectGraphModel(model));
    }
    // A saved copy is what a program would load.
    const copy = join(folder, name.replace(' ', '-'));
    await model.save(`file://${copy}`);
    const loaded = await tf.loadGraphModel(`file://${join(copy, 'model.json')}`);
    const actual = probabilities(loaded, images);
    rows.push([
      name,
      percent(labels, best(actual), (label, answer) => label === answer),
      percent(best(expected), best(actual), (a, b) => a !== b),
      megabytes(bytesOf(copy)),
    ]);
  }
  process.stdout.write(`\n${labels.length} digits:\n\n${alignColumns(rows)}\n`);
}

/** The first `count` of the digits that the model was not trained on. */
function readDigits(count: number): Digits {
  const folder = join(__dirname, 'digits');
  const labels = readFileSync(join(folder, 'labels.bin')).subarray(0, count);
  const pixels = Float32Array.from(
    readFileSync(join(folder, 'images.bin')).subarray(0, labels.length * SIDE * SIDE),
  );
  return { images: tf.tensor4d(pixels, [labels.length, SIDE, SIDE, 1]), labels };
}

/** Of each digit, the ten that the model gives. */
function probabilities(model: tf.GraphModel, images: tf.Tensor4D): Float32Array[] {
  const rows = tf.tidy(() => (model.predict({ image: images }) as tf.Tensor2D).arraySync());
  return rows.map((row) => Float32Array.from(row));
}

function best(rows: Float32Array[]): Uint8Array {
  return Uint8Array.from(rows, (row) => row.indexOf(row.reduce((a, b) => Math.max(a, b))));
}

function percent(a: Uint8Array, b: Uint8Array, counts: (a: number, b: number) => boolean): string {
  const counted = a.filter((value, index) => counts(value, b[index])).length;
  return `${((100 * counted) / a.length).toFixed(1)} %`;
}

void main({ usage, parse: smokeOption({ count: 32 }, { count: Infinity }), run });
