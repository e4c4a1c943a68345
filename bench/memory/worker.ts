/** A process that quantizes one model, and sends what memory it had to its parent. */
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';

import { readFileSync, writeFileSync } from 'node:fs';

import * as tf from '../../src/index';

export interface Request {
  layers: number;
  /** Of each layer's input and output. */
  width: number;
  weights: 'int4' | 'int8';
  inPlace: boolean;
}

/** Resident bytes. */
export interface Measured {
  /** Before there was a model. */
  empty: number;
  /** With the float model. */
  before: number;
  /** The most from then on, until there was the quantized one. */
  peak: number;
  /** With the quantized model, and the float one where it was not used up. */
  after: number;
}

/** VmRSS, or VmHWM, the highest that it was. */
function memory(field: 'VmRSS' | 'VmHWM'): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(
    readFileSync('/proc/self/status', 'utf8'),
  );
  return 1024 * Number(line![1]);
}

/** From now on, VmHWM is the peak after this. */
function resetPeak(): void {
  writeFileSync('/proc/self/clear_refs', '5');
}

/** Weights that are not all the same, computed where they are to lie. */
function fill(layer: tf.layers.Layer, width: number): void {
  tf.tidy(() => {
    const kernel = tf.reshape(tf.sin(tf.range(0, width * width)), [width, width]);
    layer.setWeights([kernel, tf.zeros([width])]);
  });
}

function makeModel({ layers, width }: Request): tf.Sequential {
  const model = tf.sequential();
  for (let index = 0; index < layers; index++) {
    const layer = tf.layers.dense({
      ...{ units: width, inputShape: [width], kernelInitializer: 'zeros' },
    });
    model.add(layer);
    fill(layer, width);
  }
  return model;
}

function run(request: Request): Measured {
  const { weights, inPlace } = request;
  // Whatever is loaded or made at the first use is not the model's.
  const small = makeModel({ ...request, layers: 1, width: 64 });
  tf.qutlass.quantizeModel(small, { weights }).dispose();
  small.dispose();
  const empty = memory('VmRSS');
  const model = makeModel(request);
  const before = memory('VmRSS');
  resetPeak();
  const quantized = tf.qutlass.quantizeModel(model, { weights, inPlace });
  const after = memory('VmRSS');
  const peak = memory('VmHWM');
  quantized.dispose();
  return { empty, before, peak, after };
}

process.send!(run(JSON.parse(process.argv[2]) as Request), undefined, undefined, () =>
  process.exit(0),
);
