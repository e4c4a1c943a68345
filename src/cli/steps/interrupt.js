// Ctrl-C, a closed terminal and kill(1): end what runs, take away what is half-made, then go.

const { constants } = require('node:os');

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** @type {Set<() => void>} */
const cleanups = new Set();

/** @param {NodeJS.Signals} signal */
function leave(signal) {
  for (const cleanup of [...cleanups].reverse()) {
    try {
      cleanup();
    } catch {
      // The others still get their turn; what stays is found by the next run.
    }
  }
  stopListening();
  // Whoever else listens (scripts/bootstrap.mjs has src/'s copy of this module and dist/'s) cleans
  // up too; the last one goes.
  if (process.listenerCount(signal) === 0) process.exit(128 + constants.signals[signal]);
}

function stopListening() {
  for (const signal of SIGNALS) process.off(signal, leave);
}

/**
 * Runs `task`; a signal that arrives meanwhile runs `cleanup` (synchronous, last registered first)
 * and ends the process.
 *
 * @template T
 * @param {() => void} cleanup
 * @param {() => Promise<T>} task
 * @returns {Promise<T>}
 */
async function onInterrupt(cleanup, task) {
  if (cleanups.size === 0) for (const signal of SIGNALS) process.on(signal, leave);
  cleanups.add(cleanup);
  try {
    return await task();
  } finally {
    cleanups.delete(cleanup);
    if (cleanups.size === 0) stopListening();
  }
}

module.exports = { onInterrupt };
