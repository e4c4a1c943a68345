// Child processes whose output goes to a log file.

const { spawn } = require('node:child_process');
const { closeSync, mkdirSync, openSync, readFileSync, writeSync } = require('node:fs');
const { dirname } = require('node:path');

const { onInterrupt } = require('./interrupt');
const { StepError } = require('./step_error');

const TAIL_LINES = 20;

/**
 * @typedef {object} CommandOptions
 * @property {string} logFile Its output is added to this file.
 * @property {string} failure What has failed if it fails: 'npm ci failed'.
 * @property {string} [remedy]
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {AbortSignal} [signal] Aborting ends the command; it then counts as failed.
 */

/**
 * The last lines of a log that say something.
 *
 * @param {string} logFile
 */
function logTail(logFile) {
  const lines = readFileSync(logFile, 'utf8').split(/[\r\n]+/);
  return lines
    .filter((line) => line.trim() !== '')
    .slice(-TAIL_LINES)
    .join('\n');
}

/** @param {import('node:child_process').ChildProcess} child */
function killGroup(child) {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  } catch {
    // It has ended.
  }
}

/**
 * Runs a command to its end. It has a process group of its own, so that all that it started ends
 * with it. Rejects with a StepError that holds the end of its output.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {CommandOptions} options
 * @returns {Promise<void>}
 */
async function runCommand(command, args, { logFile, failure, remedy, cwd, env, signal }) {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  try {
    writeSync(log, `$ ${[command, ...args].join(' ')}\n`);
    const child = spawn(command, args, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    const abort = () => killGroup(child);
    signal?.addEventListener('abort', abort);
    const end = await onInterrupt(abort, () => ended(child));
    signal?.removeEventListener('abort', abort);
    if (end !== 'exit code 0') {
      throw new StepError(`${failure} (${end})`, { remedy, output: logTail(logFile), logFile });
    }
  } finally {
    closeSync(log);
  }
}

/**
 * How a process ended, in words.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<string>}
 */
function ended(child) {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) =>
      resolve(signal ? `ended by ${signal}` : `exit code ${code}`),
    );
  });
}

module.exports = { ended, logTail, runCommand };
