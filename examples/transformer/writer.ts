import * as tf from '../../src/index';
import type { Writer } from '../shared/writer';
import { makeStepModel } from './model';

/**
 * Writes with a transformer, which computes each character once: keys and values of those before it
 * are kept. Text and what is written must fit in the model's context.
 */
export function cachedWriter(model: tf.LayersModel): Writer {
  const step = makeStepModel(model);
  const width = step.inputs[1].shape[2]!;
  const nothing = () => step.inputs.slice(1).map(() => tf.zeros([1, 0, width]));
  let past: tf.Tensor[] = [];

  /** The logits after the last of these characters; `past` then has all of them. */
  function logitsAfter(ids: ArrayLike<number>): Float32Array {
    const before = past;
    const [logits, ...seen] = tf.tidy(() => {
      const tokens = tf.tensor2d(Array.from(ids), [1, ids.length], 'int32');
      const [all, ...rest] = step.predictOnBatch([tokens, ...before]) as tf.Tensor3D[];
      return [tf.slice(all, [0, ids.length - 1, 0], [1, 1, -1]), ...rest];
    });
    past = seen;
    tf.dispose(before);
    const values = logits.dataSync<'float32'>();
    logits.dispose();
    return values;
  }

  return {
    start(text) {
      tf.dispose(past);
      past = nothing();
      return logitsAfter(text);
    },
    next: (id) => logitsAfter([id]),
    dispose: () => tf.dispose(past),
  };
}
