import * as tf from '../../src/index';

type LayerArgs = ConstructorParameters<typeof tf.layers.Layer>[0];

/** The configuration of a `CausalAttention` layer. */
export interface CausalAttentionArgs extends NonNullable<LayerArgs> {
  /** The heads that share the width between them. */
  heads: number;
}

/** What is added to the score of a character that is not to be seen. */
const HIDDEN = -1e9;

/**
 * Scaled dot-product attention (Vaswani et al., 'Attention is all you need', 2017) in which nothing
 * sees what comes after it. It has no weights: queries `[batch, T, width]` and keys and values
 * `[batch, P + T, width]`, those of P earlier elements first, come from dense layers.
 */
export class CausalAttention extends tf.layers.Layer {
  static readonly className = 'CausalAttention';
  private readonly heads: number;

  constructor(args: CausalAttentionArgs) {
    super(args);
    this.heads = args.heads;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return (inputShape as tf.Shape[])[0];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const given = inputs as tf.Tensor3D[];
      const [queries, keys, values] = given.map((x) => this.split(x));
      const [, , count, size] = queries.shape;
      const products = tf.matMul(queries, keys, false, true);
      const scores = tf.mul(products, 1 / Math.sqrt(size)) as tf.Tensor4D;
      const weights = tf.softmax(count === 1 ? scores : tf.add(scores, future(scores.shape)));
      const mixed = tf.transpose(tf.matMul(weights, values), [0, 2, 1, 3]);
      return tf.reshape(mixed, given[0].shape);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), heads: this.heads };
  }

  /** `[batch, T, width]` to `[batch, heads, T, width / heads]`. */
  private split(x: tf.Tensor3D): tf.Tensor4D {
    const [batch, count, width] = x.shape;
    const shape: [number, number, number, number] = [batch, count, this.heads, width / this.heads];
    return tf.transpose(tf.reshape(x, shape), [0, 2, 1, 3]);
  }
}
tf.serialization.registerClass(CausalAttention);

/** `[T, P + T]`: HIDDEN where the key comes after the query, else 0. */
function future([, , queries, keys]: tf.Tensor4D['shape']): tf.Tensor2D {
  const query: tf.Tensor2D = tf.reshape(tf.range(keys - queries, keys), [queries, 1]);
  const isAfter = tf.greater(tf.range(0, keys), query);
  return tf.mul(tf.cast(isAfter, 'float32'), HIDDEN);
}
