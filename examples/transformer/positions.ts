import * as tf from '../../src/index';

type LayerArgs = ConstructorParameters<typeof tf.layers.Layer>[0];

/** The configuration of a `LearnedPositions` layer. */
export interface LearnedPositionsArgs extends NonNullable<LayerArgs> {
  /** The most positions that a sequence can have. */
  length: number;
  seed?: number;
}

/**
 * Adds a learned vector to each element of a sequence `[batch, T, width]`, that of its position.
 * With a second input `[batch, P, …]`, what came before, the first position is P.
 */
export class LearnedPositions extends tf.layers.Layer {
  static readonly className = 'LearnedPositions';
  private readonly length: number;
  private readonly seed?: number;
  private table: tf.LayerVariable | null = null;

  constructor(args: LearnedPositionsArgs) {
    super(args);
    this.length = args.length;
    this.seed = args.seed;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const [shape] = shapesOf(inputShape);
    const initializer = tf.initializers.randomNormal({ stddev: 0.02, seed: this.seed });
    this.table = this.addWeight(
      'positions',
      [this.length, shape[shape.length - 1]],
      'float32',
      initializer,
    );
    this.built = true;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return shapesOf(inputShape)[0];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [x, before] = Array.isArray(inputs) ? inputs : [inputs];
      const first = before === undefined ? 0 : before.shape[1]!;
      const [, count, width] = x.shape as [number, number, number];
      const rows = tf.slice(this.table!.read() as tf.Tensor2D, [first, 0], [count, width]);
      return tf.add(x, rows);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), length: this.length, seed: this.seed ?? null };
  }
}
tf.serialization.registerClass(LearnedPositions);

function shapesOf(inputShape: tf.Shape | tf.Shape[]): tf.Shape[] {
  return Array.isArray(inputShape[0]) ? (inputShape as tf.Shape[]) : [inputShape as tf.Shape];
}
