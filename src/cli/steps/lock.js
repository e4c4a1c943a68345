// One set-up at a time: two at once would build and rename the same folders.

const { mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const { onInterrupt } = require('./interrupt');

const POLL_MS = 200;

/**
 * Whether a process has ended, but its parent has not taken notice: signals still reach it.
 *
 * @param {number} pid
 */
function isZombie(pid) {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * The process that holds the lock; undefined where it is free, or its holder has died.
 *
 * @param {string} lockFile
 */
function holder(lockFile) {
  try {
    const pid = Number(readFileSync(lockFile, 'utf8'));
    return isRunning(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} lockFile */
function tryToLock(lockFile) {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    if (holder(lockFile) === undefined) rmSync(lockFile, { force: true });
    return false;
  }
}

/**
 * Runs `task` while no other process does so under the same lock file; waits for its turn.
 *
 * @template T
 * @param {string} lockFile
 * @param {(message: string) => void} announce Told once, where it has to wait.
 * @param {() => Promise<T>} task
 * @returns {Promise<T>}
 */
async function withLock(lockFile, announce, task) {
  mkdirSync(dirname(lockFile), { recursive: true });
  let announced = false;
  while (!tryToLock(lockFile)) {
    const pid = holder(lockFile);
    if (pid === undefined) continue;
    if (!announced) announce(`waiting for the set-up that process ${pid} runs (${lockFile})`);
    announced = true;
    await sleep(POLL_MS);
  }
  const unlock = () => rmSync(lockFile, { force: true });
  try {
    return await onInterrupt(unlock, task);
  } finally {
    unlock();
  }
}

module.exports = { isRunning, withLock };
