// A stamp says from which inputs a step's result was made; while they are the same, the step is done.

const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } = require('node:fs');
const { dirname, join, relative } = require('node:path');

/**
 * Every file below a folder (or the file itself), in a fixed order.
 *
 * @param {string} path
 * @returns {string[]}
 */
function filesBelow(path) {
  try {
    return readdirSync(path)
      .sort()
      .flatMap((name) => filesBelow(join(path, name)));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOTDIR') return [path];
    throw error;
  }
}

/**
 * A hash of files' names and contents, and of `more`.
 *
 * @param {string} root Names are taken relative to it.
 * @param {readonly string[]} paths Files and folders.
 * @param {unknown} [more] Options and versions: whatever JSON can hold.
 */
function hashInputs(root, paths, more = null) {
  const hash = createHash('sha256').update(JSON.stringify(more));
  for (const file of paths.flatMap(filesBelow)) {
    const content = readFileSync(file);
    hash.update(`\0${relative(root, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * Writes a file so that it is there whole or not at all.
 *
 * @param {string} file
 * @param {string} content
 */
function writeFileAtomically(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}

/** @param {string} file */
function readStamp(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

module.exports = { hashInputs, readStamp, writeFileAtomically };
