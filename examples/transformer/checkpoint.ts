import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '../../src/index';
import { ASCII, bookFile, loadCorpus, type Corpus } from '../shared/corpus';
import { count } from '../shared/numbers';
import './attention';
import './layer_norm';
import { SMALL } from './model';
import './positions';

/** The trained model of this folder; `npm run example:transformer -- --train` makes it again. */
export const CHECKPOINT = join(__dirname, 'checkpoint');

/** What the checkpoint was trained on: Jane Austen's novels Emma, Persuasion, Sense and Sensibility. */
export const AUSTEN = ['austen-emma', 'austen-persuasion', 'austen-sense'];

/** Books as the transformer reads them. */
export function readBooks(books: string[]): Corpus {
  const { context } = SMALL;
  return loadCorpus(books.map(bookFile), { context, predicted: context }, ASCII);
}

/** @throws where there is no model in the folder. */
export async function loadCheckpoint(folder = CHECKPOINT): Promise<tf.LayersModel> {
  const file = join(folder, 'model.json');
  if (!existsSync(file)) {
    throw new Error(`there is no ${file}: npm run example:transformer -- --train makes one`);
  }
  return tf.loadLayersModel(`file://${file}`);
}

/** What `train` found, kept in the checkpoint. */
export interface TrainingRecord {
  steps: number;
  characters: number;
}

export function describeTraining(model: tf.LayersModel): string {
  const { steps, characters } = model.getUserDefinedMetadata() as TrainingRecord;
  return `Trained on ${count(characters)} characters in ${count(steps)} steps.`;
}
