import * as tf from '../../src/index';
import type { Writer } from '../shared/writer';

/** Writes with a model of the last `context` characters: all of them again for each one. */
export function windowWriter(model: tf.LayersModel, context: number): Writer {
  let window: number[] = [];
  const logits = () =>
    tf.tidy(() => {
      const contexts = tf.tensor2d(window, [1, context], 'int32');
      return (model.predictOnBatch(contexts) as tf.Tensor).dataSync<'float32'>();
    });
  return {
    start(text) {
      window = Array.from(text.subarray(-context));
      return logits();
    },
    next(id) {
      window = [...window.slice(1), id];
      return logits();
    },
    dispose() {},
  };
}
