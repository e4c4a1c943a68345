// This folder is plain JavaScript, typed by its comments: scripts/bootstrap.mjs runs it in a fresh
// clone, before npm has brought a compiler.

/**
 * @typedef {object} StepErrorDetails
 * @property {string} [remedy] The command or change that mends it.
 * @property {string} [output] The end of what the failed command printed.
 * @property {string} [logFile] Where all of it is.
 */

/** What stopped a step, told in lines for people: no stack trace is worth showing. */
class StepError extends Error {
  /**
   * @param {string} message
   * @param {StepErrorDetails} [details]
   */
  constructor(message, details = {}) {
    super(message);
    this.name = 'StepError';
    this.details = details;
  }

  /** What the terminal shows: one line where there is no output to show. */
  describe() {
    const { remedy, output, logFile } = this.details;
    const summary = `tfjs-qutlass: ${this.message}`;
    if (!output && !logFile) return remedy ? `${summary}: ${remedy}` : summary;
    const lines = [summary];
    if (output) lines.push(...output.split('\n').map((line) => `  | ${line}`));
    if (logFile) lines.push(`  full log: ${logFile}`);
    if (remedy) lines.push(`  to mend it: ${remedy}`);
    return lines.join('\n');
  }
}

module.exports = { StepError };
