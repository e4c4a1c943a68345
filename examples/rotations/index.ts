/**
 * 4-bit weights times 4-bit activations on two text models, with and without rotations: what outliers
 * cost, and what a Hadamard rotation, a better scale and training for it give back; then 4-bit weights in
 * groups, with activations of 16 bits and of 8.
 *
 *   npm run example:rotations
 *
 * The models are the checkpoint of ../transformer and the dense one of ../demo, which is trained first,
 * for a fixed number of steps.
 */
import '../shared/environment';
import * as tf from '../../src/index';
import { CONTEXT, makeModel } from '../demo/model';
import { smokeOption } from '../shared/arguments';
import { loadCorpus, spread, type Corpus } from '../shared/corpus';
import { bitsPerCharacter } from '../shared/evaluate';
import { fitToText } from '../shared/fit';
import { main } from '../shared/main';
import { Progress } from '../shared/progress';
import { seededRandom } from '../shared/random';
import { percentMore } from '../shared/report/results';
import { alignColumns } from '../shared/report/table';
import { train } from '../shared/train';
import { isDense } from '../shared/variants';
import { AUSTEN, loadCheckpoint, readBooks } from '../transformer/checkpoint';

const usage = `Compares 4-bit weights times 4-bit activations with and without rotations, and 4-bit weights in
groups with activations of 16 bits and of 8, on two models.

Usage: npm run example:rotations -- [--smoke]

  --smoke  little training and little text; the figures mean nothing
`;

type Options = NonNullable<Parameters<typeof tf.qutlass.quantizeModel>[1]>;

const INT4: Options = { weights: 'int4', activations: 'int4', filter: isDense };
/** Of weights whose activations have more bits. */
const GROUP_SIZES = [128, 32];
const METHODS = ['abs_max', 'quest'] as const;

type Rotation = NonNullable<Options['rotation']>;

/** By the names that the table has for them. */
const ROTATIONS: [string, () => Rotation | undefined][] = [
  ['none', () => undefined],
  ...[16, 32, 64, 128].map((size): [string, () => Rotation] => [
    `hadamard ${size}`,
    () => ({ hadamard: size }),
  ]),
  ['signs, hadamard 64', () => ({ matrix: signedHadamard(64, 7) })],
];
/** What the transformer is trained for. */
const TRAINED: Options = { ...INT4, method: 'quest', rotation: { hadamard: 64 } };

interface Size {
  /** Steps in which the demo's model is trained. */
  trainingSteps: number;
  width: number;
  /** Steps of quantization-aware training. */
  awareSteps: number;
  /** Held-out characters that are predicted. */
  evaluated: number;
}

async function run(size: Size): Promise<void> {
  const books = readBooks(AUSTEN);
  const transformer = await loadCheckpoint();
  await compareAll('the transformer', transformer, books, size);
  await trainFor(transformer, books, size);
  transformer.dispose();

  const corpus = loadCorpus([require.resolve('typescript/lib/lib.dom.d.ts')], {
    ...{ context: CONTEXT, predicted: 1 },
  });
  const model = makeModel(corpus.characters.length, size.width, 1);
  const options = {
    length: { steps: size.trainingSteps },
    batch: 512,
    learningRate: 0.003,
    seed: 1,
  };
  await train(model, corpus, options, new Progress("training the demo's model"));
  await compareAll("the demo's model", model, corpus, size);
}

async function compareAll(
  name: string,
  model: tf.LayersModel,
  corpus: Corpus,
  size: Size,
): Promise<void> {
  const float32 = await compare(name, model, corpus, size);
  await compareActivations(name, model, corpus, size, float32);
}

/**
 * Random signs, then a Hadamard matrix: what values have in common is not added up in the first of a
 * block. Inputs that a relu leaves have their mean in common.
 */
function signedHadamard(size: number, seed: number): tf.Tensor2D {
  return tf.tidy(() => {
    const random = seededRandom(seed);
    const signs = Array.from({ length: size }, () => (random() < 0.5 ? -1 : 1));
    return tf.qutlass.hadamard(tf.diag(tf.tensor1d(signs)), { blockSize: size }) as tf.Tensor2D;
  });
}

/** Prints the bits a character in float32, which it returns, and in int4 for every rotation and method. */
async function compare(
  name: string,
  model: tf.LayersModel,
  corpus: Corpus,
  { evaluated }: Size,
): Promise<number> {
  const heldOut = spread(corpus.heldOut, Math.ceil(evaluated / corpus.predicted));
  const float32 = await bitsPerCharacter(model, corpus, heldOut);
  const progress = new Progress(name);
  const rows = [['rotation', ...METHODS.flatMap((method) => [method, ''])]];
  for (const [index, [rotationName, makeRotation]] of ROTATIONS.entries()) {
    const rotation = makeRotation();
    const row = [rotationName];
    for (const method of METHODS) {
      progress.update(index / ROTATIONS.length, `${rotationName}, ${method}`);
      const quantized = tf.qutlass.quantizeModel(model, { ...INT4, method, rotation });
      const bits = await bitsPerCharacter(quantized, corpus, heldOut);
      row.push(bits.toFixed(4), percentMore(bits / float32 - 1));
      quantized.dispose();
    }
    rows.push(row);
    tf.dispose(rotation);
  }
  progress.end('done');
  process.stdout.write(
    `\n${name}: ${float32.toFixed(4)} bits a character in float32; int4 times int4:\n\n` +
      `${alignColumns(rows)}\n\n`,
  );
  return float32;
}

/** Prints the bits a character of int4 weights in groups, with activations of more bits. */
async function compareActivations(
  name: string,
  model: tf.LayersModel,
  corpus: Corpus,
  { evaluated }: Size,
  float32: number,
): Promise<void> {
  const heldOut = spread(corpus.heldOut, Math.ceil(evaluated / corpus.predicted));
  const rows = [['activations', ...GROUP_SIZES.flatMap((size) => [`groups of ${size}`, ''])]];
  for (const activations of ['bf16', 'int8'] as const) {
    const row: string[] = [activations];
    for (const groupSize of GROUP_SIZES) {
      const quantized = tf.qutlass.quantizeModel(model, { ...INT4, activations, groupSize });
      const bits = await bitsPerCharacter(quantized, corpus, heldOut);
      row.push(bits.toFixed(4), percentMore(bits / float32 - 1));
      quantized.dispose();
    }
    rows.push(row);
  }
  process.stdout.write(`${name}, int4 weights in groups:\n\n${alignColumns(rows)}\n\n`);
}

/** Trains the transformer for int4 activations, and prints what is left of their cost. */
async function trainFor(
  model: tf.LayersModel,
  corpus: Corpus,
  { awareSteps: steps, evaluated }: Size,
): Promise<void> {
  const { convert, prepareQat } = tf.qutlass;
  const heldOut = spread(corpus.heldOut, Math.ceil(evaluated / corpus.predicted));
  const aware = prepareQat(model, TRAINED);
  const options = { steps, batch: 8, learningRate: 0.0005, seed: 2 };
  await fitToText(aware, corpus, options, new Progress('quantization-aware'));
  const trained = convert(aware);
  const bits = await bitsPerCharacter(trained, corpus, heldOut);
  process.stdout.write(
    `after ${steps} steps of training for hadamard 64, quest: ${bits.toFixed(4)}\n`,
  );
  tf.dispose([...aware.getWeights(), ...trained.getWeights()]);
}

void main({
  usage,
  parse: smokeOption<Size>(
    { trainingSteps: 5, width: 128, awareSteps: 2, evaluated: 2048 },
    { trainingSteps: 1500, width: 1024, awareSteps: 300, evaluated: 65536 },
  ),
  run,
});
