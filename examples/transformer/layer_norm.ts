import * as tf from '../../src/index';

const EPSILON = 1e-5;

/**
 * Layer normalization over the last axis (Ba et al., 2016). tf.layers.layerNormalization computes the
 * same; but the gradient that tfjs has for it adds up slices, one a row, and makes a step of training
 * five times as long.
 */
export class LayerNorm extends tf.layers.Layer {
  static readonly className = 'LayerNorm';
  private scale: tf.LayerVariable | null = null;
  private offset: tf.LayerVariable | null = null;

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const width = [(inputShape as tf.Shape)[inputShape.length - 1]];
    this.scale = this.addWeight('scale', width, 'float32', tf.initializers.ones());
    this.offset = this.addWeight('offset', width, 'float32', tf.initializers.zeros());
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [x] = Array.isArray(inputs) ? inputs : [inputs];
      const centred = tf.sub(x, tf.mean(x, -1, true));
      const variance = tf.mean(tf.square(centred), -1, true);
      const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, EPSILON)));
      return tf.add(tf.mul(normal, this.scale!.read()), this.offset!.read());
    });
  }
}
tf.serialization.registerClass(LayerNorm);
