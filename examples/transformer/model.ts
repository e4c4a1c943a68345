import * as tf from '../../src/index';
import { CausalAttention } from './attention';
import { LayerNorm } from './layer_norm';
import { LearnedPositions } from './positions';

export interface Sizes {
  /** Different characters. */
  vocabulary: number;
  /** The most characters that a prediction sees. */
  context: number;
  width: number;
  blocks: number;
  heads: number;
}

/** What the example trains: 0.8 million weights. */
export const SMALL = { context: 128, width: 128, blocks: 4, heads: 4 };

/** As wide as GPT-2: 28 million weights, enough for reading them to take the time. */
export const LARGE = { context: 128, width: 768, blocks: 4, heads: 12 };

/**
 * A decoder-only transformer on characters (GPT-2's: Radford et al., 2019): int32 `[batch, context]`
 * to logits `[batch, context, vocabulary]`, at each place those of the character that comes next.
 */
export function makeModel(sizes: Sizes, seed: number): tf.LayersModel {
  const layers = makeLayers(sizes, seed);
  const tokens = tf.input({ name: 'characters', shape: [sizes.context], dtype: 'int32' });
  const [logits] = connect((name) => layers.get(name)!, tokens, noPast(sizes.blocks));
  return tf.model({ name: 'transformer', inputs: tokens, outputs: logits });
}

/**
 * The same layers connected to write: characters int32 `[1, T]`, and the keys and values `[1, P, width]`
 * of each block for the P characters before them, to logits `[1, T, vocabulary]` and the keys and
 * values of all P + T.
 */
export function makeStepModel(model: tf.LayersModel): tf.LayersModel {
  const blocks = model.layers.filter(({ name }) => name.endsWith('_attention')).length;
  const [, width] = model.getLayer('positions').weights[0].shape;
  const input = (name: string) => tf.input({ name, shape: [null, width] });
  const tokens = tf.input({ name: 'characters', shape: [null], dtype: 'int32' });
  const past = Array.from({ length: blocks }, (_, index) => ({
    keys: input(`past_keys_${index + 1}`),
    values: input(`past_values_${index + 1}`),
  }));
  const outputs = connect((name) => model.getLayer(name), tokens, past);
  const inputs = [tokens, ...past.flatMap(({ keys, values }) => [keys, values])];
  return tf.model({ name: 'step', inputs, outputs });
}

type Layer = tf.layers.Layer;

/** The keys and values of one block for earlier characters; null where there are none. */
type Past = { keys: tf.SymbolicTensor; values: tf.SymbolicTensor } | null;

const noPast = (blocks: number): Past[] => Array.from({ length: blocks }, () => null);

/** The logits, and the keys and values of each block. */
function connect(
  layer: (name: string) => Layer,
  tokens: tf.SymbolicTensor,
  past: Past[],
): tf.SymbolicTensor[] {
  const apply = (name: string, ...inputs: tf.SymbolicTensor[]) =>
    layer(name).apply(inputs.length === 1 ? inputs[0] : inputs) as tf.SymbolicTensor;
  const join = (before: tf.SymbolicTensor | undefined, x: tf.SymbolicTensor) =>
    before === undefined
      ? x
      : (tf.layers.concatenate({ axis: 1 }).apply([before, x]) as tf.SymbolicTensor);

  const seen: tf.SymbolicTensor[] = [];
  const earlier = past[0] === null ? [] : [past[0].keys];
  let x = apply('positions', apply('embedding', tokens), ...earlier);
  for (const [index, before] of past.entries()) {
    const block = `block${index + 1}`;
    const norm = apply(`${block}_norm1`, x);
    const keys = join(before?.keys, apply(`${block}_key`, norm));
    const values = join(before?.values, apply(`${block}_value`, norm));
    seen.push(keys, values);
    const mixed = apply(`${block}_attention`, apply(`${block}_query`, norm), keys, values);
    x = apply(`${block}_add1`, x, apply(`${block}_output`, mixed));
    const hidden = apply(`${block}_hidden`, apply(`${block}_norm2`, x));
    x = apply(`${block}_add2`, x, apply(`${block}_project`, hidden));
  }
  return [apply('logits', apply('norm', x)), ...seen];
}

function makeLayers({ vocabulary, context, width, blocks, heads }: Sizes, seed: number) {
  const layers: Layer[] = [];
  const normal = (stddev: number) =>
    tf.initializers.randomNormal({ stddev, seed: seed * 1000 + layers.length });
  const dense = (name: string, units: number, stddev: number, more = {}) =>
    layers.push(tf.layers.dense({ name, units, kernelInitializer: normal(stddev), ...more }));
  const residual = 0.02 / Math.sqrt(2 * blocks); // of what is added to the stream, as in GPT-2
  layers.push(
    tf.layers.embedding({
      ...{ name: 'embedding', inputDim: vocabulary, outputDim: width },
      embeddingsInitializer: normal(0.02),
    }),
    new LearnedPositions({ name: 'positions', length: context, seed }),
  );
  for (let index = 1; index <= blocks; index++) {
    const block = `block${index}`;
    layers.push(new LayerNorm({ name: `${block}_norm1` }));
    for (const part of ['query', 'key', 'value']) dense(`${block}_${part}`, width, 0.02);
    layers.push(new CausalAttention({ name: `${block}_attention`, heads }));
    dense(`${block}_output`, width, residual);
    layers.push(
      tf.layers.add({ name: `${block}_add1` }),
      new LayerNorm({ name: `${block}_norm2` }),
    );
    dense(`${block}_hidden`, 4 * width, 0.02, { activation: 'gelu' });
    dense(`${block}_project`, width, residual);
    layers.push(tf.layers.add({ name: `${block}_add2` }));
  }
  layers.push(new LayerNorm({ name: 'norm' }));
  dense('logits', vocabulary, 0.02, { useBias: false });
  return new Map(layers.map((layer) => [layer.name, layer]));
}
