import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import * as tf from '../../src/index';

/** Characters a prediction sees. */
export const CONTEXT = 16;

/** One stretch of STRETCH characters in HELD_OUT_EVERY is kept from training. */
export const STRETCH = 8192;
export const HELD_OUT_EVERY = 20;
const FIRST_HELD_OUT = 10;

/**
 * A text as character numbers, and where predictions start in it.
 *
 * Whole stretches are held out, spread over the text, because the text changes from its start to
 * its end. A position belongs to a part only where its whole context does, so that no character
 * that was trained on, or with, is asked for in the held-out part.
 */
export interface Corpus {
  name: string;
  characters: string[];
  ids: Int32Array;
  train: Int32Array;
  heldOut: Int32Array;
}

/** Contexts int32 `[batch, CONTEXT]` and the characters that follow them, int32 `[batch]`. */
export interface Batch {
  contexts: tf.Tensor2D;
  next: tf.Tensor1D;
}

/** @param file UTF-8 text; null for the DOM declarations of the installed TypeScript. */
export function loadCorpus(file: string | null): Corpus {
  const path = file ?? require.resolve('typescript/lib/lib.dom.d.ts');
  return makeCorpus(basename(path), readFileSync(path, 'utf8'));
}

function makeCorpus(name: string, text: string): Corpus {
  const letters = Array.from(text);
  const characters = [...new Set(letters)].sort();
  const numbers = new Map(characters.map((character, index) => [character, index]));
  const ids = Int32Array.from(letters, (letter) => numbers.get(letter)!);
  const positions = Int32Array.from(ids.keys()).subarray(CONTEXT);
  const whole = (position: number) => isHeldOut(position) === isHeldOut(position - CONTEXT);
  const corpus = {
    ...{ name, characters, ids },
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

/** The contexts before `positions`, and the characters at them. */
export function batchAt({ ids }: Corpus, positions: ArrayLike<number>): Batch {
  const contexts = new Int32Array(positions.length * CONTEXT);
  const next = new Int32Array(positions.length);
  for (let row = 0; row < positions.length; row++) {
    const position = positions[row];
    contexts.set(ids.subarray(position - CONTEXT, position), row * CONTEXT);
    next[row] = ids[position];
  }
  return {
    contexts: tf.tensor2d(contexts, [positions.length, CONTEXT], 'int32'),
    next: tf.tensor1d(next, 'int32'),
  };
}

/** `count` held-out positions, evenly spread, or all of them where there are fewer. */
export function heldOutPositions({ heldOut }: Corpus, count: number): Int32Array {
  const taken = Math.min(count, heldOut.length);
  return Int32Array.from(
    { length: taken },
    (_, i) => heldOut[Math.floor((i * heldOut.length) / taken)],
  );
}
