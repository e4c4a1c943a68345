/** The models whose layers are measured: built in, or of a Hugging Face config.json. */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { StepError } from '../steps/step_error';

/** What the shapes of a decoder's four weights follow from, by the names of Hugging Face. */
export interface ModelSizes {
  name: string;
  hiddenSize: number;
  attentionHeads: number;
  keyValueHeads: number;
  headSize: number;
  intermediateSize: number;
}

/** Of the config.json that each publishes. */
const BUILT_IN: Record<string, Omit<ModelSizes, 'name' | 'keyValueHeads' | 'headSize'>> = {
  'meta-llama/Llama-3.3-70B-Instruct': {
    hiddenSize: 8192,
    attentionHeads: 64,
    intermediateSize: 28672,
  },
  'meta-llama/Llama-3.1-8B': { hiddenSize: 4096, attentionHeads: 32, intermediateSize: 14336 },
  'Qwen/Qwen3-8B': { hiddenSize: 4096, attentionHeads: 32, intermediateSize: 12288 },
  'Qwen/Qwen3-14B': { hiddenSize: 5120, attentionHeads: 40, intermediateSize: 17408 },
  'Qwen/Qwen3-32B': { hiddenSize: 5120, attentionHeads: 64, intermediateSize: 25600 },
};

/** All of the above have these. */
const KEY_VALUE_HEADS = 8;
const HEAD_SIZE = 128;

export const BUILT_IN_MODELS = Object.keys(BUILT_IN);

/** The last part of a name is enough: 'Qwen3-8B'. */
function builtInModel(given: string): ModelSizes | undefined {
  const wanted = given.toLowerCase();
  const name = BUILT_IN_MODELS.find((full) =>
    [full, basename(full)].some((candidate) => candidate.toLowerCase() === wanted),
  );
  if (name === undefined) return undefined;
  return {
    name: basename(name),
    keyValueHeads: KEY_VALUE_HEADS,
    headSize: HEAD_SIZE,
    ...BUILT_IN[name],
  };
}

type Config = Record<string, unknown>;

function readConfig(file: string): Config {
  try {
    const config = JSON.parse(readFileSync(file, 'utf8')) as Config;
    const { text_config: text } = config; // of models that see, too
    return typeof text === 'object' && text !== null ? (text as Config) : config;
  } catch (error) {
    throw new StepError(`cannot read ${file}: ${(error as Error).message}`);
  }
}

/** A config.json, or the folder that has it. */
function configFile(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() ? join(path, 'config.json') : found && path;
}

function configModel(file: string): ModelSizes {
  const config = readConfig(file);
  const size = (key: string, fallback?: number) => {
    const value = config[key] ?? fallback;
    if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
    throw new StepError(`${file}: ${key} is ${JSON.stringify(value)}, expected a positive integer`);
  };
  const hiddenSize = size('hidden_size');
  const attentionHeads = size('num_attention_heads');
  return {
    name: basename(dirname(resolve(file))),
    hiddenSize,
    attentionHeads,
    keyValueHeads: size('num_key_value_heads', attentionHeads),
    headSize: size('head_dim', hiddenSize / attentionHeads),
    intermediateSize: size('intermediate_size'),
  };
}

/**
 * A model by its name, or by the path of its config.json or of the folder with it. Throws a StepError
 * where there is none, or where the file does not tell.
 */
export function findModel(given: string): ModelSizes {
  const builtIn = builtInModel(given);
  if (builtIn !== undefined) return builtIn;
  const file = configFile(given);
  if (file !== undefined) return configModel(file);
  throw new StepError(
    `there is no model and no file '${given}'; models are ${BUILT_IN_MODELS.join(', ')}`,
  );
}
