/** What a program may branch on; the message is for people. */
export type QutlassModelErrorCode =
  /** There is nothing at that place, or it cannot be read. */
  | 'NOT_READABLE'
  /** What is there is no layers model. */
  | 'NOT_A_LAYERS_MODEL'
  /** It was saved by a newer tfjs-qutlass, in a way that this one cannot read. */
  | 'UNSUPPORTED_VERSION'
  /** It has a layer of a class that is not registered. */
  | 'UNKNOWN_LAYER'
  /** Its weights and its layers do not fit together. */
  | 'DAMAGED';

/**
 * A saved model cannot be loaded. `cause` is the error behind it, where there is one.
 *
 * ```js
 * try {
 *   await tf.qutlass.loadModel(tf.io.fromMemory({modelTopology: {}}));
 * } catch (error) {
 *   console.log(error.code, error.message);  // NOT_A_LAYERS_MODEL ...
 * }
 * ```
 */
export class QutlassModelError extends Error {
  override readonly name = 'QutlassModelError';

  constructor(
    readonly code: QutlassModelErrorCode,
    message: string,
    readonly cause?: unknown,
  ) {
    super(message);
  }
}
