// Runs what is not done yet of a list of steps, in order.

const { rmSync } = require('node:fs');
const { join } = require('node:path');

const { onInterrupt } = require('./interrupt');
const { withLock } = require('./lock');
const { checkPrerequisites } = require('./prerequisites');
const { Progress } = require('./progress');

/**
 * @typedef {object} StepContext
 * @property {Progress} progress The step's line on the terminal.
 * @property {string} logFile For what its commands print; empty when the step starts.
 *
 * @typedef {object} Step
 * @property {string} id Names its log file.
 * @property {() => string} label What its line says; asked once the steps before it are done.
 * @property {() => readonly import('./prerequisites').Prerequisite[]} needs
 * @property {() => boolean} isDone Whether its result is there and up to date; fast.
 * @property {(context: StepContext) => Promise<string | void>} run Answers a note for its line. It
 *   makes its result aside and puts it in place by renaming, so that whenever it is interrupted
 *   nothing half-made is left.
 *
 * @typedef {object} RunOptions
 * @property {string} workFolder For logs and the lock.
 * @property {NodeJS.WriteStream} [stream]
 */

/**
 * Rejects with the first step's error, after its line says so.
 *
 * @param {Step} step
 * @param {string} label
 * @param {string} logFile
 * @param {NodeJS.WriteStream} stream
 */
async function runStep(step, label, logFile, stream) {
  rmSync(logFile, { force: true });
  const progress = new Progress(stream, label);
  try {
    const interrupt = () => progress.interrupt();
    const note = await onInterrupt(interrupt, () => step.run({ progress, logFile }));
    progress.finish(note ?? undefined);
  } catch (error) {
    progress.fail();
    throw error;
  }
}

/**
 * Checks first what all the steps to run need, so that a missing tool is known before a download;
 * says nothing at all where everything is done. Rejects with a StepError.
 *
 * @param {readonly Step[]} steps
 * @param {RunOptions} options
 * @returns {Promise<void>}
 */
async function runSteps(steps, { workFolder, stream = process.stderr }) {
  const pending = steps.filter((step) => !step.isDone());
  if (pending.length === 0) return;
  checkPrerequisites(pending.flatMap((step) => [...step.needs()]));

  /** @param {string} line */
  const announce = (line) => void stream.write(`tfjs-qutlass: ${line}\n`);
  await withLock(join(workFolder, 'setup.lock'), announce, async () => {
    for (const [index, step] of steps.entries()) {
      const label = `[${index + 1}/${steps.length}] ${step.label()}`;
      // Asked again: a step before it, or another process, may have changed what there is.
      if (step.isDone()) {
        stream.write(`${label} … done before\n`);
        continue;
      }
      if (!pending.includes(step)) checkPrerequisites(step.needs());
      await runStep(step, label, join(workFolder, 'logs', `${step.id}.log`), stream);
    }
  });
}

module.exports = { runSteps };
