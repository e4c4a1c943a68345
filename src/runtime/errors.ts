/**
 * The error of everything that can go wrong before a kernel runs: finding TensorFlow.js, loading
 * the addon, binding libtensorflow.
 */

/** What a program may branch on; the message is for people. */
export type QutlassLoadErrorCode =
  /** No TensorFlow.js package is installed. */
  | 'TFJS_NOT_FOUND'
  /** A TensorFlow.js package is installed, and fails to load. */
  | 'TFJS_LOAD_FAILED'
  /** qutlass.node is not built, or fails to load. */
  | 'ADDON_NOT_LOADED'
  /** The process holds no libtensorflow that the ops can be registered with. */
  | 'TENSORFLOW_NOT_BOUND';

/** One place that was looked at, and why it would not do. */
export interface LoadAttempt {
  path: string;
  reason: string;
}

export interface QutlassLoadErrorDetails {
  code: QutlassLoadErrorCode;
  /** One sentence without a full stop: what is missing or broken. */
  message: string;
  /** In the order in which they were made. */
  attempts: LoadAttempt[];
  /** The command that mends it. */
  remedy: string;
}

/** A first line stays on its path's line; what follows (a loader's own list) is indented under it. */
function describeAttempt({ path, reason }: LoadAttempt): string {
  return `  - ${path}: ${reason.trim().replace(/\n/g, '\n      ')}`;
}

function describe({ message, attempts, remedy }: QutlassLoadErrorDetails): string {
  const tried = attempts.length > 0 ? ['tried:', ...attempts.map(describeAttempt)] : [];
  return [`tfjs-qutlass: ${message}`, ...tried, `to mend it: ${remedy}`].join('\n');
}

/**
 * A part that tfjs-qutlass needs cannot be loaded. `message` holds everything the fields do.
 *
 * ```js
 * try {
 *   require('tfjs-qutlass');
 * } catch (error) {
 *   if (error.code === 'ADDON_NOT_LOADED') console.error(`run: ${error.remedy}`);
 * }
 * ```
 */
export class QutlassLoadError extends Error {
  override readonly name = 'QutlassLoadError';
  readonly code: QutlassLoadErrorCode;
  readonly attempts: readonly LoadAttempt[];
  readonly remedy: string;

  constructor(details: QutlassLoadErrorDetails) {
    super(describe(details));
    this.code = details.code;
    this.attempts = details.attempts;
    this.remedy = details.remedy;
  }
}
